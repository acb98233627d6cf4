/** Runs osls, which deploys serverless.yml, from this folder's own packages. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");
/** For the words after it, which say why. */
const failedGraceMs = 5_000;

/**
 * @param env on top of this process's own: where to deploy, and as whom
 * @param onOutput what osls prints, as it comes
 * @returns its exit code
 */
export async function runOsls(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onOutput: (said: Buffer) => void,
): Promise<number | null> {
  const temporary = await mkdtemp(join(tmpdir(), "deploy-"));
  const child = spawn(process.execPath, [join(project, "node_modules/osls/bin/serverless.js"), ...args], {
    cwd: project,
    env: {
      ...process.env,
      // serverless-esbuild leaves a folder per function where temporary files go.
      TMPDIR: temporary,
      SLS_TELEMETRY_DISABLED: "1",
      SLS_NOTIFICATIONS_MODE: "off",
      ...env,
    },
  });
  for (const output of [child.stdout, child.stderr])
    output.on("data", (said: Buffer) => {
      onOutput(said);
      // osls says that it failed, and is then kept from ending by an esbuild that it left open.
      if (said.includes("failed to deploy")) setTimeout(() => child.kill("SIGTERM"), failedGraceMs).unref();
    });
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve),
  );
  await rm(temporary, { recursive: true, force: true });
  return exitCode;
}
