import { expect, test } from "vitest";
import { RecordTally } from "../../../core/vcf/recordTally.ts";
import { sampleText } from "../../../core/vcf/window.ts";

const record = (pos: number, genotype = "0|1") => `22\t${pos}\t.\tA\tC\t.\t.\t.\tGT\t${genotype}\n`;
const LINES = 100_000;

/** Of 2 MB, each of the lines named with a genotype that is none. */
function troublesWith(bad: readonly number[], isTail: boolean): { lines: number; kinds: string[] } {
  const lines = Array.from({ length: LINES }, (_, index) =>
    record(100_000 + index, bad.includes(index) ? "0|x" : "0|1"),
  );
  const text = Buffer.from(lines.join(""));
  const sizes = { compressedBytes: text.length, textBytes: text.length };
  const { lines: counted, troubles } = sampleText([text], sizes, 10, new RecordTally(), isTail);
  return { lines: counted, kinds: troubles.map(({ kind }) => kind) };
}

test.each([
  ["looks into the records at its start", [1_000], false, ["genotype"]],
  ["counts the others", [LINES - 10], false, []],
  ["looks into the last ones of the file too", [LINES - 10], true, ["genotype"]],
  ["counts those in the middle of it", [LINES / 2], true, []],
])("a window %s", (_, bad, isTail, kinds) => {
  expect(troublesWith(bad, isTail)).toEqual({ lines: LINES - 1, kinds });
});
