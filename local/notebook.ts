/** `npm run notebook`: JupyterLab with the example notebook, wired to a local cloud, until Ctrl-C. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalCloud } from "./cloud.ts";
import { endProcessGroup } from "./endProcessGroup.ts";
import { freePort } from "./freePort.ts";
import { ensureNotebookVenv, notebookFolder, researcherEnvironment } from "./notebookEnvironment.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const notebook = "getting-started.ipynb";

const home = join(import.meta.dirname, "..", ".local");
const say = (line: string) => console.log(line);
const cloud = await startLocalCloud({ home, onProgress: say });
let jupyter: ChildProcess | undefined;
async function stop(): Promise<void> {
  say("Ending JupyterLab and the local cloud");
  if (jupyter) await endProcessGroup(jupyter, STOP_LIMIT_MS);
  await cloud.stop();
}
stopOnSignals(stop);
try {
  const url = await startJupyterLab();
  say(`
JupyterLab is ready, signed in as the researcher of the local cloud. Open

  ${url}

What you change lies in ${join(home, "notebook")}. Ctrl-C ends JupyterLab and the cloud, which forgets its runs.
`);
} catch (error) {
  await stop();
  throw error;
}

/** @returns the address of the example notebook in it */
async function startJupyterLab(): Promise<string> {
  const venv = await ensureNotebookVenv(home, cloud.engine, say);
  const folder = join(home, "notebook");
  await mkdir(folder, { recursive: true });
  await copyFile(join(notebookFolder, notebook), join(folder, notebook));
  const environment = researcherEnvironment(cloud, venv);
  await quiet(environment.JUPYTER_CONFIG_DIR);
  const [port, token] = [await freePort(), randomBytes(24).toString("hex")];
  const log = await open(join(cloud.stateDir, "jupyterlab.log"), "a");
  say("Starting JupyterLab");
  const child = spawn(join(venv.bin, "python"), ["-m", "jupyterlab", ...settings(folder, port)], {
    cwd: folder,
    env: { ...environment, JUPYTER_TOKEN: token },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  jupyter = child;
  await log.close();
  await untilReady(`http://127.0.0.1:${port}/api/status?token=${token}`, child);
  return `http://127.0.0.1:${port}/lab/tree/${notebook}?token=${token}`;
}

/** Without the question whether to show Jupyter's news. */
async function quiet(configFolder: string): Promise<void> {
  await mkdir(join(configFolder, "labconfig"), { recursive: true });
  const disabledExtensions = { "@jupyterlab/apputils-extension:announcements": true };
  await writeFile(join(configFolder, "labconfig", "page_config.json"), JSON.stringify({ disabledExtensions }));
}

function settings(folder: string, port: number): string[] {
  return [
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${folder}`,
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdates",
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`JupyterLab ended with ${child.exitCode}; see jupyterlab.log`);
    if (Date.now() > deadline) throw new Error(`JupyterLab was not ready within ${START_LIMIT_MS / 1000} s`);
    await sleep(200);
  }
}
