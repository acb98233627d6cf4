import { expect, test } from "vitest";
import { resultNames } from "../../../core/report/resultNames.ts";
import { resultSet } from "../../../core/report/resultSet.ts";
import { sizingData } from "../sizing/inputs.ts";
import { chr22, finishedRun, now, tableOf } from "./resultRun.ts";

test.each([{ localFdr: true }, { localFdr: false }])(
  "the files that a run links to are those that it wrote: %o",
  async ({ localFdr }) => {
    const analysis = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13, localFdr };
    const table = await tableOf(chr22().rows);
    const { report, files } = resultSet(finishedRun({ analysis }), { table }, () => new Uint8Array(), sizingData, now);
    expect(resultNames(report)).toEqual(files.map(({ name }) => name));
  },
);
