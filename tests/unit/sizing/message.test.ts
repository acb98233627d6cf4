import { describe, expect, test } from "vitest";
import type { Option } from "../../../core/sizing/estimate.ts";
import { dollars, duration, estimateMessage } from "../../../core/sizing/message.ts";
import { optionOf } from "../run/runOf.ts";
import { inspectionOf } from "./inputs.ts";

test.each([
  [0, "1 s"],
  [0.4, "1 s"],
  [1.5, "2 s"],
  [89, "89 s"],
  [90, "2 min"],
  [150, "3 min"],
  [3_600, "60 min"],
  [5_399, "90 min"],
  [5_400, "1.5 h"],
  [86_400, "24.0 h"],
])("%d seconds are said as %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  [0.004, "$0.004"],
  [0.0994, "$0.099"],
  [0.1, "$0.10"],
  [1.005, "$1.00"],
  [12.345, "$12.35"],
  [1234.5, "$1234.50"],
])("%d US dollars are said as %s", (usd, words) => {
  expect(dollars(usd)).toBe(words);
});

describe("the message", () => {
  const spot = optionOf("aws-spot");
  const local = optionOf("local");
  const onDemand = optionOf("aws-on-demand", { refusal: "There is no quota for it." });
  const gzip = inspectionOf(2504, 17_010, [{ compression: "gzip" }]);

  test("says the size, then each option, then what is not on offer and why", () => {
    expect(estimateMessage([spot, onDemand, local], gzip, { uncut: [] })).toBe(
      "17,010 variants of 2,504 samples. AWS on spot nodes: 2 min to 7 min, $0.10 to $0.40. " +
        "Your own machine: 2 min to 7 min, free of charge. " +
        "AWS on on-demand nodes is not on offer: There is no quota for it.",
    );
  });

  test("says which file one Lambda has to prepare alone, and for how long", () => {
    expect(estimateMessage([spot], gzip, { uncut: [{ file: "chr1.vcf.gz", seconds: 400 }] })).toContain(
      "chr1.vcf.gz is gzip, not BGZF, and cannot be cut: preparing it takes one Lambda 7 min or so",
    );
  });

  test("says what of the records the prepared matrix holds, and why the others are not in it", () => {
    const droppedBy = { region: 1_200, "not-biallelic": 0, missing: 3, maf: 7 };
    const counts = { recordsIn: 2_000, rowsOut: 790, droppedBy, genotypes: 79_000, missing: 158 };
    expect(estimateMessage([spot], gzip, counts)).toContain(
      "Prepared: 790 of 2,000 records are in the matrix, left out were 1,200 outside the regions, " +
        "3 with too many missing genotypes, 7 too rare; 0.20 % of its genotypes are missing",
    );
  });

  test("says how many samples the filters keep", () => {
    const kept = { ...gzip, keptSamples: { count: 2_000, digest: "d" } };
    expect(estimateMessage([spot], kept, { uncut: [] })).toContain("of 2,504 samples, of which 2,000 are kept.");
  });

  test("says that a count is estimated when it is", () => {
    const estimated = { ...gzip, variants: { estimate: 17_010, exact: false } };
    expect(estimateMessage([spot], estimated, { uncut: [] })).toMatch(/^About 17,010 variants of 2,504 samples\. /);
  });

  test.each<{ case: string; options: readonly Option[]; files: "gzip" | "none"; advised: boolean }>([
    { case: "a long load of gzip", options: [slowly(spot)], files: "gzip", advised: true },
    { case: "a short load of gzip", options: [spot], files: "gzip", advised: false },
    { case: "a long load of plain text", options: [slowly(spot)], files: "none", advised: false },
    {
      case: "a long load in an option that cannot be taken",
      options: [local, slowly(onDemand)],
      files: "gzip",
      advised: false,
    },
  ])("after $case advises to split: $advised", ({ options, files, advised }) => {
    const message = estimateMessage(options, inspectionOf(2504, 17_010, [{ compression: files }]), {
      uncut: [],
    });
    expect(message.includes("splitting the study by chromosome")).toBe(advised);
  });
});

function slowly(option: Option): Option {
  return { ...option, phases: { ...option.phases, load: 301 } };
}
