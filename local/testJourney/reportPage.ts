/** A report opened from disk, with all that it says on the console or asks of the network. */
import type { Browser, Page } from "playwright-core";
import { tableRows } from "./tableRows.ts";

export class ReportPage {
  readonly page: Page;
  readonly said: string[] = [];

  static async open(browser: Browser, url: string): Promise<ReportPage> {
    const report = new ReportPage(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
    await report.page.goto(url);
    return report;
  }

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => this.said.push(message.text()));
    page.on("pageerror", (error) => this.said.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) this.said.push(request.url());
    });
  }

  async search(words: string): Promise<void> {
    await this.page.getByRole("searchbox").fill(words);
  }

  async sortBy(column: string): Promise<void> {
    // Once sorted, its arrow belongs to the name.
    await this.page.getByRole("button", { name: column }).click();
  }

  /** @returns the rows that are shown, as text */
  rows(): Promise<string[][]> {
    return tableRows(this.page.locator("#ranked tbody tr:not([hidden])"));
  }
}
