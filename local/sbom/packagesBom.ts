/**
 * What the Lambdas are bundled from: the locked packages without those of development, as a CycloneDX 1.6 document. By CycloneDX's own
 * tool: `npm sbom --omit dev` of npm 11 leaves out packages that a package of development needs as well (20 of 118 here, zod among them).
 */
import { join } from "node:path";
import { runTool } from "../engine/runTool.ts";

/** The same lock file gives the same document. @throws Error with the tool's words */
export async function packagesBom(project: string): Promise<object> {
  const tool = join(project, "node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js");
  const options = ["--omit", "dev", "--package-lock-only", "--output-reproducible"];
  return JSON.parse(await runTool(process.execPath, [tool, ...options, join(project, "package.json")]));
}
