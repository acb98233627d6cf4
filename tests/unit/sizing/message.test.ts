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
    expect(estimateMessage([spot, onDemand, local], gzip)).toBe(
      "17,010 variants of 2,504 samples. AWS on spot nodes: 2 min to 7 min, $0.10 to $0.40. " +
        "Your own machine: 2 min to 7 min, free of charge. " +
        "AWS on on-demand nodes is not on offer: There is no quota for it.",
    );
  });

  test("says that a count is estimated when it is", () => {
    const estimated = { ...gzip, variants: { estimate: 17_010, exact: false } };
    expect(estimateMessage([spot], estimated)).toMatch(/^About 17,010 variants of 2,504 samples\. /);
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
    const message = estimateMessage(options, inspectionOf(2504, 17_010, [{ compression: files }]));
    expect(message.includes("splitting the study by chromosome")).toBe(advised);
  });
});

function slowly(option: Option): Option {
  return { ...option, phases: { ...option.phases, load: 301 } };
}
