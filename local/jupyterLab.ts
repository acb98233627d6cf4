/** JupyterLab with the example notebook, on loopback, signed in as the researcher of a local cloud. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalCloud } from "./cloud.ts";
import { endProcessGroup } from "./endProcessGroup.ts";
import { freePort } from "./freePort.ts";
import { ensureNotebookVenv, notebookFolder, researcherEnvironment } from "./notebookEnvironment.ts";

export interface JupyterLab {
  /** Waits until it answers. @returns address of the example notebook in it, with the token that lets a browser in */
  ready(): Promise<string>;
  /** Ends it and its kernels. */
  stop(): Promise<void>;
}

export interface JupyterLabOptions {
  readonly cloud: LocalCloud;
  /** Where the Python environment is made or found; the project's `.local`. */
  readonly home: string;
  /** Gets a copy of the notebook and all that its cells write. */
  readonly folder: string;
  readonly onProgress: (line: string) => void;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const notebook = "getting-started.ipynb";

/** Starts it; who got it stops it, ready or not. */
export async function startJupyterLab({ cloud, home, folder, onProgress }: JupyterLabOptions): Promise<JupyterLab> {
  const venv = await ensureNotebookVenv(home, cloud.engine, onProgress);
  await mkdir(folder, { recursive: true });
  await copyFile(join(notebookFolder, notebook), join(folder, notebook));
  const environment = researcherEnvironment(cloud, venv);
  await quiet(environment.JUPYTER_CONFIG_DIR);
  const [port, token] = [await freePort(), randomBytes(24).toString("hex")];
  const logFile = join(cloud.stateDir, "jupyterlab.log");
  const log = await open(logFile, "a");
  onProgress("Starting JupyterLab");
  const child = spawn(join(venv.bin, "python"), ["-m", "jupyterlab", ...settings(folder, port)], {
    cwd: folder,
    env: { ...environment, JUPYTER_TOKEN: token },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  await log.close();
  return {
    async ready() {
      await untilReady(`http://127.0.0.1:${port}/api/status?token=${token}`, child, logFile);
      return `http://127.0.0.1:${port}/lab/tree/${notebook}?token=${token}`;
    },
    stop: () => endProcessGroup(child, STOP_LIMIT_MS),
  };
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

async function untilReady(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`JupyterLab ended with ${child.exitCode}; see ${logFile}`);
    if (Date.now() > deadline) throw new Error(`JupyterLab was not ready within ${START_LIMIT_MS / 1000} s`);
    await sleep(200);
  }
}
