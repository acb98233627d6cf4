import { duration } from "../../core/sizing/message.ts";
import type { Screen } from "../prepareMatrix/progressBar.ts";

const WIDTH = 30;

/** A bar over runs, with the time that is left if the others take as long; a terminal's line is written over. */
export class RunsBar {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #begun = performance.now();

  constructor(total: number, screen: Screen) {
    this.#total = total;
    this.#screen = screen;
  }

  show(done: number): void {
    const line = runsLine(done, this.#total, (performance.now() - this.#begun) / 1000);
    this.#screen.write(this.#screen.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
  }

  end(): void {
    if (this.#screen.isTTY) this.#screen.write("\n");
  }
}

/** "[███████·······] 5 of 13 runs, 4 min left" */
export function runsLine(done: number, total: number, seconds: number): string {
  const filled = Math.round((WIDTH * done) / Math.max(1, total));
  const left = done > 0 && done < total ? `, ${duration((seconds / done) * (total - done))} left` : "";
  return `  [${"█".repeat(filled)}${"·".repeat(WIDTH - filled)}] ${done} of ${total} runs${left}`;
}
