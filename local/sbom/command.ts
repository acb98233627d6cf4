/** `npm run sbom`: writes the software bills of materials into .local/sbom: of the bundled packages, and of the engine's jar. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureEngine } from "../engine/engine.ts";
import { jarBom } from "./jarBom.ts";
import { packagesBom } from "./packagesBom.ts";

const project = join(import.meta.dirname, "..", "..");
const home = join(project, ".local");
const folder = join(home, "sbom");
const { variantSparkJar } = await ensureEngine(home, (line) => console.log(line));
await mkdir(folder, { recursive: true });
const boms = {
  "packages.cdx.json": await packagesBom(project),
  "variantspark.cdx.json": await jarBom(await readFile(variantSparkJar)),
};
for (const [name, bom] of Object.entries(boms)) {
  await writeFile(join(folder, name), `${JSON.stringify(bom, null, 2)}\n`);
  console.log(`.local/sbom/${name}`);
}
