/** The example notebook in JupyterLab, as a person finds things in it: by menus, by what a cell says, by a button's name. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import { tableRows } from "./tableRows.ts";

const START_MS = 60_000;
const ANSWER_MS = 60_000;
const TAKEN_MS = 10_000;
const RUN_MS = 240_000;

/** What is used of a picture in the browser; its full type needs TypeScript's DOM library. */
interface NaturalSize {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
}

export class NotebookPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    page.setDefaultTimeout(ANSWER_MS);
  }

  /** Returns when the kernel can take cells. */
  async open(url: string): Promise<void> {
    await this.#page.goto(url);
    await this.#page.locator(".jp-CodeCell").first().waitFor({ timeout: START_MS });
    await this.untilIdle();
  }

  /** Again when nothing has come of it: JupyterLab drops what it is told to run in the moment before the kernel is connected. */
  async runAllCells(): Promise<void> {
    const taken = this.#page.locator(".jp-InputArea-prompt", { hasText: /\[(\*|\d+)\]/ }).first();
    for (let tries = 3; tries > 0; tries--) {
      await this.#page.getByRole("menuitem", { name: "Run", exact: true }).click();
      await this.#page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
      const isTaken = await taken.waitFor({ timeout: TAKEN_MS }).then(
        () => true,
        () => false,
      );
      if (isTaken) return;
    }
    throw new Error("JupyterLab did not run the cells.");
  }

  async untilAsked(): Promise<void> {
    await this.#button("AWS on spot nodes").waitFor({ timeout: ANSWER_MS });
  }

  async press(option: string): Promise<void> {
    await this.#button(option).click();
  }

  /**
   * Follows the bar of the trees to its end.
   *
   * @param picture is taken when trees have grown, but not all
   * @returns how far it stood, percent, each only once
   */
  async trees(code: string, picture: string): Promise<number[]> {
    const bar = this.#cell(code).locator(".widget-hbox", { hasText: "Trees" }).locator(".progress-bar");
    await bar.waitFor({ state: "attached", timeout: RUN_MS });
    const seen: number[] = [];
    const deadline = Date.now() + RUN_MS;
    while (seen.at(-1) !== 100) {
      if (Date.now() > deadline) throw new Error(`after ${RUN_MS / 1000} s the trees stand at ${seen.at(-1)} %`);
      const width = Math.round(await bar.evaluate((element) => Number.parseFloat(element.style.width)));
      if (width !== seen.at(-1)) {
        seen.push(width);
        if (width > 0 && width < 100) await this.show(code, picture);
      }
      await sleep(100);
    }
    return seen;
  }

  async untilEnded(code: string): Promise<void> {
    await this.#cell(code).getByText("variants were analysed").waitFor({ timeout: RUN_MS });
  }

  /** @returns size of the picture in the output, pixels of the picture itself */
  async plot(code: string): Promise<{ width: number; height: number }> {
    const image = this.#cell(code).locator(".jp-OutputArea img");
    await image.waitFor();
    return image.evaluate(({ naturalWidth, naturalHeight }: NaturalSize) => ({
      width: naturalWidth,
      height: naturalHeight,
    }));
  }

  /** @returns cells of the table in the output, a row each */
  async table(code: string): Promise<string[][]> {
    const rows = this.#cell(code).locator(".jp-OutputArea table tbody tr");
    await rows.first().waitFor({ timeout: RUN_MS });
    return tableRows(rows);
  }

  async untilIdle(): Promise<void> {
    await this.#page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first().waitFor({ timeout: RUN_MS });
  }

  /** @returns tracebacks of all cells */
  errors(): Promise<string[]> {
    return this.#page
      .locator('[data-mime-type="application/vnd.jupyter.stderr"], .jp-RenderedText[data-mime-type*="error"]')
      .allTextContents();
  }

  /** Scrolls to the cell and takes a picture of the window. */
  async show(code: string, picture: string): Promise<void> {
    await this.#cell(code).evaluate((element) => element.scrollIntoView({ block: "start" }));
    await sleep(300);
    await this.#page.screenshot({ path: picture });
  }

  #cell(code: string): Locator {
    return this.#page.locator(".jp-CodeCell", { has: this.#page.locator(".jp-Editor", { hasText: code }) });
  }

  /** The card with the option's name has a button to choose it. */
  #button(option: string): Locator {
    return this.#page.getByTitle(`Run it: ${option}`, { exact: true });
  }
}
