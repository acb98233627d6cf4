/**
 * `npm run test:journey`: the researcher's way by a person's hands. JupyterLab on the local cloud in headless Chromium: run
 * all cells, press the button "AWS on spot nodes", watch the bars, look at the plot, wait for the run on this machine; then
 * the report, opened from disk. Fails at the first thing that is not there; keeps pictures in .local/journey.
 */
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "./chromium.ts";
import { startLocalCloud } from "./cloud.ts";
import { type JupyterLab, startJupyterLab } from "./jupyterLab.ts";
import { PipelineClient } from "./pipelineClient.ts";
import { download } from "./runLocally.ts";
import { stopOnSignals } from "./stopOnSignals.ts";
import { NotebookPage } from "./testJourney/notebookPage.ts";
import { ReportPage } from "./testJourney/reportPage.ts";

const home = join(import.meta.dirname, "..", ".local");
const folder = join(home, "journey");
const begun = Date.now();
const say = (line: string) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const picture = (name: string) => join(folder, `${name}.png`);
const causal = "22_16050408_T_C";

const executablePath = chromiumPath();
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const cloud = await startLocalCloud({ home, onProgress: say });
let jupyterLab: JupyterLab | undefined;
let browser: Browser | undefined;
let passed = false;
async function stop(): Promise<void> {
  await browser?.close();
  await jupyterLab?.stop();
  await cloud.stop(!passed);
}
stopOnSignals(stop);
try {
  browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox"],
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  jupyterLab = await startJupyterLab({ cloud, home, folder: join(folder, "notebook"), onProgress: say });
  await throughTheNotebook(browser, await jupyterLab.ready());
  for (const file of await fetchReports()) await throughTheReport(browser, file);
  passed = true;
  say(`Passed; the pictures lie in ${folder}`);
} finally {
  if (!passed) say(`Failed; pictures in ${folder}, logs in ${cloud.stateDir}`);
  await stop();
}

async function throughTheNotebook(on: Browser, url: string): Promise<void> {
  const page = await on.newPage({ viewport: { width: 1280, height: 1000 } });
  const notebook = new NotebookPage(page);
  try {
    await notebook.open(url);
    say("Run all cells");
    await notebook.runAllCells();
    await notebook.untilAsked();
    await notebook.show("run.watch()", picture("question"));
    say("Press AWS on spot nodes");
    await notebook.press("AWS on spot nodes");
    const widths = await notebook.trees("run.watch()", picture("bars"));
    say(`The bar of the trees stood at ${widths.map((width) => `${width} %`).join(", ")}`);
    assert(widths.length >= 3 && widths.at(-1) === 100, "the bar of the trees does not move to its end");
    await notebook.untilEnded("run.watch()");
    await notebook.show("run.watch()", picture("result"));

    const { width, height } = await notebook.plot("run.manhattan()");
    say(`The plot is there, ${width} × ${height}`);
    assert(width >= 400 && height >= 200, "the plot has no size");
    await notebook.show("run.manhattan()", picture("plot"));
    await notebook.trees("local.run_locally()", picture("local-bars"));
    await notebook.untilEnded("local.run_locally()");
    await notebook.show("local.run_locally()", picture("local-result"));
    say("The run on this machine has ended");
    assert.equal((await notebook.table("both = run.result.merge"))[0]?.[1], causal);
    await notebook.untilIdle();
    assert.deepEqual(await notebook.errors(), []);
  } catch (error) {
    await page.screenshot({ path: picture("failure") });
    throw error;
  } finally {
    await page.close();
  }
}

/** @returns report.html of both runs, on disk */
async function fetchReports(): Promise<string[]> {
  const client = new PipelineClient(cloud);
  const { runs } = (await client.listRuns()).body;
  assert.deepEqual(
    runs.map(({ status }) => status),
    ["SUCCEEDED", "SUCCEEDED"],
  );
  const files: string[] = [];
  for (const { id } of runs) {
    const link = (await client.files(id)).body.results.find(({ name }) => name === "report.html");
    assert(link, `the run ${id} has no report.html`);
    const file = join(folder, id, link.name);
    await mkdir(join(folder, id));
    await download(link.url, file);
    files.push(file);
  }
  return files;
}

async function throughTheReport(on: Browser, file: string): Promise<void> {
  const report = await ReportPage.open(on, pathToFileURL(file).href);
  const all = await report.rows();
  assert.equal(all[0]?.[1], causal);
  await report.page.screenshot({ path: file.replace(/html$/, "png"), fullPage: true });

  await report.search(causal.slice(0, 11));
  assert.deepEqual(await report.rows(), [all[0]]);
  await report.search("");
  await report.sortBy("Position");
  const positions = (await report.rows()).map((row) => Number(row[3]));
  assert.deepEqual(
    positions,
    all.map((row) => Number(row[3])).sort((a, b) => a - b),
  );
  await report.sortBy("Importance");
  await report.sortBy("Importance");
  assert.deepEqual(
    (await report.rows()).map((row) => Number(row[6])),
    all.map((row) => Number(row[6])),
  );
  await report.page.screenshot({ path: file.replace(/\.html$/, "-sorted.png") });
  assert.deepEqual(report.said, []);
  say(`The report sorts and searches ${all.length} variants, and neither says nor fetches anything`);
  await report.page.close();
}
