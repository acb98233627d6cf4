/**
 * `npm run conformance -- FOLDER…`: inspects each VCF of the test suites of other projects, in clones of their repositories, and counts
 * what it says. Ends with 1 if it crashes, hangs, reads too much, refuses a valid file or misses an invalid one that matters.
 */
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { inspectAll } from "./inspectAll.ts";
import { reportLines, reportOf } from "./report.ts";

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error(
    "npm run conformance -- FOLDER…\n\n  FOLDER  a clone of hts-specs, htslib, htsjdk or vcf-validator, or a part of it",
  );
  process.exit(2);
}
for (const folder of folders) {
  const paths = await vcfsOf(folder);
  const report = await reportOf(named(inspectAll(paths), folder));
  console.log(reportLines(folder, report).join("\n"));
  if (report.failures.length > 0 || paths.length === 0) process.exitCode = 1;
}

/** Whatever its name calls a VCF or BCF, whichever way it is compressed; no index of one. */
async function vcfsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.[vb]cf(\.(\w+\.)?(b?gz|bz2|xz|Z|z|zip))?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function* named<T extends { readonly path: string }>(outcomes: AsyncIterable<T>, folder: string) {
  for await (const outcome of outcomes) yield { ...outcome, path: relative(folder, outcome.path) };
}
