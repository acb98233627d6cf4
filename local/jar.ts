/** `npm run local:jar`: installs the engine and says where the jar for Java 17 lies; a deployment to AWS uploads it. */
import { join } from "node:path";
import { ensureEngine } from "./engine/engine.ts";

const engine = await ensureEngine(join(import.meta.dirname, "..", ".local"), (line) => console.log(line));
console.log(engine.variantSparkJar);
