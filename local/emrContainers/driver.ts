/** The driver: the real spark-submit in client mode, in a process group of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export type DriverStream = "stdout" | "stderr";

export interface DriverExit {
  /** 128 + signal number if a signal ended it, as a container's exit code would be. */
  readonly code: number;
  /** The line of standard error that most likely tells why, empty if it said nothing. */
  readonly lastError: string;
}

export interface Driver {
  readonly process: ChildProcess;
  /** Resolves once it has ended and all its lines have been heard. Rejects if it could not be started. */
  readonly exit: Promise<DriverExit>;
}

export interface DriverOptions {
  readonly sparkHome: string;
  readonly env: Readonly<Record<string, string>>;
  /** The lines also go into the files stdout and stderr here. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly onLine: (stream: DriverStream, line: string) => void;
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};
/** From here on Spark takes itself down, and what it says tells nothing about why. */
const SHUTTING_DOWN = /Invoking stop\(\) from shutdown hook|Shutdown hook called/;
const TELLING = /^(Caused by: |Exception in thread )|^(\w+\.)*\w*(Exception|Error)(:|$)| ERROR |^Error: /;

export function startDriver({ sparkHome, env, folder, args, onLine }: DriverOptions): Driver {
  const child = spawn(join(sparkHome, "bin", "spark-submit"), args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let lastLine = "";
  let lastError = "";
  let shuttingDown = false;
  const listen = (stream: DriverStream, output: Readable) => {
    output.pipe(createWriteStream(join(folder, stream)));
    createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      onLine(stream, line);
      if (stream !== "stderr" || !line.trim()) return;
      shuttingDown ||= SHUTTING_DOWN.test(line);
      if (shuttingDown) return;
      lastLine = line;
      if (TELLING.test(line)) lastError = line;
    });
  };
  listen("stdout", child.stdout);
  listen("stderr", child.stderr);
  const exit = new Promise<DriverExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 128 + (SIGNALS[signal ?? ""] ?? 0), lastError: lastError || lastLine }),
    );
  });
  return { process: child, exit };
}
