/**
 * Starts MiniStack, the AWS services of the local cloud, on loopback with IAM and SigV4 enforced: a permission that is
 * missing shows here and not first on AWS. It is told nothing about the machine: not the user's AWS profile, not Docker.
 *
 * Root credentials under AUTH=true (ministack/core/iam_evaluator.py, is_root_access_key and resolve_credential): the
 * access key is root's if it is "test", equals the server's own AWS_ACCESS_KEY_ID, or is the 12-digit id of the account
 * that the request goes to; its secret is the server's AWS_SECRET_ACCESS_KEY, "test" unless set; no session token may be
 * sent. We keep test/test. Policies are enforced by access key, but of version 1.5.33 the signature in an Authorization
 * header is not verified (a wrong secret passes; presigned S3 links are verified), so nothing here is a secret: whoever
 * reaches the loopback port is root. Lambdas get temporary credentials of their role.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { endProcessGroup } from "./endProcessGroup.ts";
import type { Engine } from "./engine/engine.ts";
import { freePort } from "./freePort.ts";

export interface MiniStackOptions {
  readonly engine: Engine;
  /** Folder for what the services keep over a restart, their temporary files and ministack.log. */
  readonly stateDir: string;
  /** A free one if not given. */
  readonly port?: number;
  /** Reaches MiniStack and each Lambda, for example AWS_ENDPOINT_URL_EMR_CONTAINERS or SFN_WAIT_SCALE. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface MiniStack {
  readonly endpoint: string;
  readonly port: number;
  /** Root of the account 000000000000. */
  readonly credentials: Credentials;
  readonly region: string;
  readonly logFile: string;
  /** Saves the state and ends MiniStack and its Lambda workers. May be called twice. */
  stop(): Promise<void>;
}

const REGION = "us-east-1";
const ROOT: Credentials = { accessKeyId: "test", secretAccessKey: "test" };
const START_LIMIT_MS = 60_000;
/** Shutting down saves the state of each service; measured well under a second. */
const STOP_LIMIT_MS = 15_000;

/**
 * MiniStack ends by itself, saving its state, when the pipe on its standard input closes: even a starter that was
 * killed leaves nothing behind.
 */
const PROGRAM = `
import os, signal, sys, threading
def end_with_starter():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end_with_starter, daemon=True).start()
from ministack.app import main
main()
`;

/** Started and healthy (about 2 s). Rejects with the end of its log if it does not start, leaving no process. */
export async function startMiniStack({ engine, stateDir, port, env = {} }: MiniStackOptions): Promise<MiniStack> {
  await mkdir(join(stateDir, "tmp"), { recursive: true });
  // Lambdas are unpacked below: without this, Node would take them for part of the project, whose files are ES modules.
  await writeFile(join(stateDir, "package.json"), '{ "type": "commonjs" }\n');
  const chosenPort = port ?? (await freePort());
  await requireFree(chosenPort);
  const logFile = join(stateDir, "ministack.log");
  const log = await open(logFile, "a");
  const child = spawn(engine.python, ["-c", PROGRAM], {
    cwd: stateDir,
    env: { ...environment(stateDir, chosenPort), ...env },
    stdio: ["pipe", log.fd, log.fd],
    detached: true,
  });
  const stop = async () => {
    await endProcessGroup(child, STOP_LIMIT_MS);
    await rm(join(stateDir, "tmp"), { recursive: true, force: true });
  };
  try {
    const endpoint = `http://127.0.0.1:${chosenPort}`;
    await untilHealthy(endpoint, child);
    return { endpoint, port: chosenPort, credentials: ROOT, region: REGION, logFile, stop };
  } catch (error) {
    await stop();
    const said = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
    throw new Error(`MiniStack did not start on port ${chosenPort}. The end of ${logFile}:\n${said}`, { cause: error });
  } finally {
    await log.close();
  }
}

/** Somebody else's MiniStack on that port would look healthy too. */
async function requireFree(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: Error) => {
    throw new Error(`MiniStack cannot have port ${port}: ${error.message}`);
  });
  server.close();
  await once(server, "close");
}

/** All that MiniStack and its Lambdas see; nothing of the user's own AWS settings. */
function environment(stateDir: string, port: number): Record<string, string> {
  const nodeFolder = fileURLToPath(new URL("../node_modules/.bin", import.meta.url));
  return {
    PATH: [nodeFolder, process.env["PATH"]].join(delimiter),
    HOME: process.env["HOME"] ?? stateDir,
    LANG: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    TMPDIR: join(stateDir, "tmp"),
    AUTH: "true",
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    PERSIST_STATE: "1",
    STATE_DIR: join(stateDir, "services"),
    S3_PERSIST: "1",
    S3_DATA_DIR: join(stateDir, "s3"),
    // It would otherwise listen on port 8883, and remove containers of the user's Docker that carry its label.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    DOCKER_HOST: `unix://${join(stateDir, "no-docker")}`,
  };
}

async function untilHealthy(endpoint: string, child: ChildProcess): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`It ended with ${code ?? signal}.`)));
  });
  const healthy = async () => {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await isHealthy(endpoint))) {
      if (Date.now() > deadline) throw new Error(`It was not healthy within ${START_LIMIT_MS / 1000} s.`);
      await sleep(100);
    }
  };
  await Promise.race([failed, healthy()]);
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
