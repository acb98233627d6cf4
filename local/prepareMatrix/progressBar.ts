import { duration } from "../../core/sizing/message.ts";

const WIDTH = 30;
const LINE_SECONDS = 10;

/** Where the bar goes: a terminal's line is written over, elsewhere a line is added now and then. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** A bar over the bytes of all files, with the time that is left if it goes on as it did. */
export class ProgressBar {
  readonly #screen: Screen;
  readonly #totalBytes: number;
  readonly #begun = performance.now();
  #told = performance.now();
  #isOpen = false;

  constructor(totalBytes: number, screen: Screen) {
    this.#totalBytes = totalBytes;
    this.#screen = screen;
  }

  show(bytes: number): void {
    const line = progressLine(bytes, this.#totalBytes, (performance.now() - this.#begun) / 1000);
    if (this.#screen.isTTY) {
      this.#screen.write(`\r${line}\u001b[K`);
      this.#isOpen = true;
    } else if (performance.now() - this.#told > LINE_SECONDS * 1000) {
      this.#screen.write(`${line}\n`);
      this.#told = performance.now();
    }
  }

  end(): void {
    if (this.#isOpen) this.#screen.write("\n");
    this.#isOpen = false;
  }
}

/** "[███████·······] 210 of 1,530 MB, 95 MB/s, 14 s left" */
export function progressLine(bytes: number, totalBytes: number, seconds: number): string {
  const filled = Math.round((WIDTH * bytes) / Math.max(1, totalBytes));
  const rate = bytes / Math.max(seconds, 0.001);
  const left = bytes > 0 ? `, ${duration((totalBytes - bytes) / rate)} left` : "";
  const bar = `${"█".repeat(filled)}${"·".repeat(WIDTH - filled)}`;
  return `  [${bar}] ${megabytes(bytes)} of ${megabytes(totalBytes)} MB, ${megabytes(rate)} MB/s${left}`;
}

export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}
