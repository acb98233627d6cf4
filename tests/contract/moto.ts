/** moto's server, a peer's implementation of AWS, on loopback. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureVenv } from "../../local/engine/venv.ts";
import { freePort } from "../../local/freePort.ts";

const requirementsFile = join(import.meta.dirname, "../aws-requests/awsRequests/moto-requirements.txt");
const venvFolder = join(import.meta.dirname, "../../.local/moto-venv");

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const venv = await ensureVenv(venvFolder, await readFile(requirementsFile, "utf8"), "moto", () => {});
  const port = await freePort();
  const moto = spawn(join(venv.bin, "python"), ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(endpoint))) {
    if (Date.now() > deadline || moto.exitCode !== null) throw new Error("moto did not start");
    await sleep(100);
  }
  const stop = async () => {
    if (moto.exitCode !== null) return;
    const ended = once(moto, "exit");
    moto.kill();
    await ended;
  };
  return { endpoint, stop };
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
