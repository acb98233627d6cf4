/** The report in a real browser, from disk: it sorts, searches, says nothing on the console and fetches nothing. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, test as always, beforeAll, expect } from "vitest";
import { findChromium } from "../../local/chromium.ts";
import { chr22, finishedRun, forestOf, tableOf, textsOf } from "../unit/report/resultRun.ts";

const executablePath = findChromium();
/** Where there is a Chromium (apt-get install chromium). */
const test = always.skipIf(executablePath === undefined);
const hostile = `</script><img src=x onerror="document.title='run'">`.replaceAll('"', "");
let browser: Browser;
let folder: string;

beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  folder = await mkdtemp(join(tmpdir(), "report-"));
  const { rows, splits } = chr22();
  const analysis = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13, localFdr: true };
  const table = await tableOf([...rows, `${hostile}_5_A_<b>,0.001`]);
  const run = finishedRun({ analysis, chunks: forestOf([0.5, 0.9, 0.95]) });
  await writeFile(join(folder, "report.html"), textsOf(run, table, splits)["report.html"] ?? "");
});
afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

test.each(["light", "dark"] as const)(
  "shows everything in the %s scheme without a word on the console",
  async (colorScheme) => {
    const { page, said } = await opened(colorScheme);
    expect(await page.locator("svg.figure").count()).toBe(5);
    expect(await page.title()).toContain("VariantSpark");
    const background = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(background).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(15, 20, 25)");
    expect(said).toEqual([]);
    await page.close();
  },
);

test("sorts by any column with the keyboard, up and down, and tells it to a screen reader", async () => {
  const { page, said } = await opened("light");
  const positions = () => page.locator("#ranked tbody tr:not([hidden]) td:nth-child(4)").allTextContents();
  await page.getByRole("button", { name: "Position" }).focus();
  await page.keyboard.press("Enter");
  const up = (await positions()).map(Number);
  expect(up).toEqual(up.toSorted((a, b) => a - b));
  await page.keyboard.press("Enter");
  expect((await positions()).map(Number)).toEqual(up.toReversed());
  expect(await page.getByRole("columnheader", { name: "Position" }).getAttribute("aria-sort")).toBe("descending");
  expect(said).toEqual([]);
  await page.close();
});

test("finds what is searched and what passes, and says how many there are", async () => {
  const { page, said } = await opened("light");
  await page.getByRole("searchbox").fill("22_16050007 t");
  expect(await page.getByRole("status").textContent()).toBe("1 of 872 shown");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("checkbox").check();
  expect(await page.getByRole("status").textContent()).toBe("14 of 872 shown");
  expect(said).toEqual([]);
  await page.close();
});

/** The page, and all that it says on the console or asks of the network. */
async function opened(colorScheme: "light" | "dark"): Promise<{ page: Page; said: string[] }> {
  const page = await browser.newPage({ colorScheme });
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) said.push(request.url());
  });
  await page.goto(pathToFileURL(join(folder, "report.html")).href);
  return { page, said };
}
