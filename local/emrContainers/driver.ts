/** The driver: the real spark-submit in client mode, in a process group of its own. */
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { listenForErrors } from "./lastError.ts";
import { type SubmitProcess, spawnSubmit } from "./spawnSubmit.ts";

export type DriverStream = "stdout" | "stderr";

export interface DriverExit {
  /** 128 + signal number if a signal ended it, as a container's exit code would be. */
  readonly code: number;
  /** See lastError.ts. */
  readonly lastError: string;
}

export interface Driver {
  readonly process: ChildProcess;
  /** Resolves once it has ended and all its lines have been heard. Rejects if it could not be started. */
  readonly exit: Promise<DriverExit>;
}

/** The lines also go into the files stdout and stderr in the folder. */
export interface DriverOptions extends SubmitProcess {
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
export function startDriver(options: DriverOptions): Driver {
  const { folder, onLine } = options;
  const child = spawnSubmit(options);
  const errors = listenForErrors();
  const listen = (stream: DriverStream, output: Readable) => {
    output.pipe(createWriteStream(join(folder, stream)));
    createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      onLine(stream, line);
      if (stream === "stderr") errors.hear(line);
    });
  };
  listen("stdout", child.stdout);
  listen("stderr", child.stderr);
  const exit = new Promise<DriverExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 128 + (SIGNALS[signal ?? ""] ?? 0), lastError: errors.last() }),
    );
  });
  return { process: child, exit };
}
