/** `npm run image:layer`: writes docker/layer.tar, which docker/Dockerfile adds to EMR's base image, and says its digest. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureEngine } from "../engine/engine.ts";
import { jarLayer } from "./layer.ts";

const project = join(import.meta.dirname, "..", "..");
const engine = await ensureEngine(join(project, ".local"), (line) => console.log(line));
const layer = await jarLayer(await readFile(engine.variantSparkJar));
await writeFile(join(project, "docker", "layer.tar"), layer);
console.log(`docker/layer.tar sha256:${createHash("sha256").update(layer).digest("hex")}`);
