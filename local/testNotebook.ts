/**
 * `npm run test:notebook`: checks the Python client (format, lint, types), runs its unit tests, then its end-to-end tests
 * and the example notebook on a local cloud that is started once for all of them.
 *
 *   --quick   without the local cloud
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLocalCloud } from "./cloud.ts";
import { ensureEngine } from "./engine/engine.ts";
import { ensureNotebookVenv, notebookFolder, researcherEnvironment } from "./notebookEnvironment.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

const home = join(import.meta.dirname, "..", ".local");
const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const say = (line: string) => console.log(line);
const engine = await ensureEngine(home, say);
const venv = await ensureNotebookVenv(home, engine, say);
const variables = { VARIANTSPARK_RETAGGED_JAR: engine.variantSparkJar };

await python(["-m", "ruff", "format", "--check", "."]);
await python(["-m", "ruff", "check", "."]);
await python(["-m", "mypy"]);
await python(["-m", "pytest", "-m", "not end_to_end"], { ...process.env, ...variables });
if (!options.quick) await onLocalCloud();

async function onLocalCloud(): Promise<void> {
  // The example of 9 MB of text becomes several slices.
  const cloud = await startLocalCloud({ home, onProgress: say, sliceSeconds: 0.02 });
  stopOnSignals(() => cloud.stop());
  let passed = false;
  try {
    await python(["-m", "pytest", "-m", "end_to_end"], { ...researcherEnvironment(cloud, venv), ...variables });
    passed = true;
  } finally {
    if (!passed) say(`The local cloud's logs lie in ${cloud.stateDir}`);
    await cloud.stop(!passed);
  }
}

/** A failing check ends it all: what it said stands above. */
async function python(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const begun = Date.now();
  const child = spawn(join(venv.bin, "python"), args, { cwd: notebookFolder, env, stdio: "inherit" });
  const code = await new Promise<number | string | null>((resolve, reject) =>
    child.on("error", reject).on("close", (exitCode, signal) => resolve(exitCode ?? signal)),
  );
  say(`python ${args.join(" ")}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  if (code !== 0) throw new Error(`python ${args.join(" ")} ended with ${code}`);
}
