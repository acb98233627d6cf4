import { expect, test } from "vitest";
import { resultNames } from "../../../core/report/resultNames.ts";
import { resultSet } from "../../../core/report/resultSet.ts";
import { sizingData } from "../sizing/inputs.ts";
import { chr22, finishedRun, forestOf, now, tableOf } from "./resultRun.ts";

test.each([
  { localFdr: true, chunks: {} },
  { localFdr: false, chunks: {} },
  { localFdr: false, chunks: { chunks: forestOf([0.5, 0.9]) } },
  { localFdr: false, chunks: { chunks: forestOf([]) } },
])("the files that a run links to are those that it wrote: %o", async ({ localFdr, chunks }) => {
  const analysis = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13, localFdr };
  const table = await tableOf(chr22().rows);
  const { report, files } = resultSet(
    finishedRun({ analysis, ...chunks }),
    { table },
    () => new Uint8Array(),
    sizingData,
    now,
  );
  expect(resultNames(report)).toEqual(files.map(({ name }) => name));
});
