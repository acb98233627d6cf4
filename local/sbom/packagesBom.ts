/** What the Lambdas are bundled from: npm's own CycloneDX document of the locked packages, without those of development. */
import { basename } from "node:path";
import { npm } from "../npm.ts";

/** @throws Error with npm's words */
export async function packagesBom(project: string): Promise<object> {
  const options = ["--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"];
  const { exitCode, stdout, stderr } = await npm(project, "sbom", ...options);
  if (exitCode !== 0) throw new Error(`npm sbom ended with ${exitCode}:\n${stderr}`);
  const bom = JSON.parse(stdout);
  const { component } = bom.metadata;
  // npm names it after the folder that it lies in.
  if (component.name === basename(project)) component.name = component["bom-ref"].split("@")[0];
  return bom;
}
