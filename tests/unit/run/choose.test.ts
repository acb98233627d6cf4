import { describe, expect, test } from "vitest";
import { PipelineError } from "../../../core/errors/pipelineError.ts";
import { chosen, wayOf } from "../../../core/run/choose.ts";
import { chosenOption } from "../../../core/run/chosenOption.ts";
import type { Run, RunState } from "../../../core/run/run.ts";
import type { Estimate, Where } from "../../../core/sizing/estimate.ts";
import { askedAt, estimateOf, later, optionOf, runOf } from "./runOf.ts";

const noCounts = {
  recordsIn: 1,
  rowsOut: 1,
  droppedBy: { region: 0, "not-biallelic": 0, missing: 0, maf: 0 },
  genotypes: 1,
  missing: 0,
};

const answered: Pick<Run, "choice"> = {
  choice: { where: "aws-spot", prepare: false, at: askedAt.toISOString(), by: "researcher", approvedUsd: 0.4 },
};

test.each<Where>(["aws-spot", "local"])("the answer %s is kept with its time and the state stays", (where) => {
  const run = runOf();
  expect(chosen(run, { where, prepare: false }, later(9))).toEqual({
    ...run,
    choice: {
      where,
      prepare: false,
      at: "2026-01-02T03:04:14.000Z",
      by: "researcher",
      approvedUsd: where === "local" ? 0 : 0.4,
    },
  });
});

test("filters that come with an answer take the place of the analysis's, and may be repeated with it", () => {
  const run = runOf({
    requestedAnalysis: { trees: 7, filters: { minMaf: 0.2 } },
    estimate: { ...runOf().estimate, options: [optionOf("aws-spot", { prepare: true })] } as Estimate,
  });
  const answer = { where: "aws-spot", prepare: true, filters: { minMaf: 0.05 } } as const;
  const after = chosen(run, answer, later(9));
  expect(after.requestedAnalysis).toEqual({ trees: 7, filters: { minMaf: 0.05 } });
  expect(chosen(after, answer, later(10))).toBe(after);
  expect(() => chosen(after, { ...answer, filters: { minMaf: 0.01 } }, later(10))).toThrow(PipelineError);
});

describe("a run that does not know its label column", () => {
  const inspection = {
    ...runOf().inspection,
    labelCandidates: [
      { column: "status", classes: [2, 2] },
      { column: "sex", classes: [3, 1] },
    ],
  } as NonNullable<Run["inspection"]>;
  const run = runOf({ requestedAnalysis: { trees: 7 }, inspection });
  const answer = { where: "aws-spot", prepare: false, labelColumn: "sex" } as const;

  test("takes one of the candidates, and the same again", () => {
    const after = chosen(run, answer, later(9));
    expect(after).toMatchObject({
      requestedAnalysis: { trees: 7, labelColumn: "sex" },
      choice: { where: "aws-spot", prepare: false },
    });
    expect(chosen(after, answer, later(10))).toBe(after);
    expect(() => chosen(after, { ...answer, labelColumn: "status" }, later(10))).toThrow(PipelineError);
  });

  test.each([
    ["none", undefined, /does not know yet .*: "status", "sex"\.$/],
    ["another", "bmi", /can be: "status", "sex"\.$/],
  ])("refuses an answer that names %s", (_, labelColumn, words) => {
    const named = { where: "aws-spot", prepare: false, ...(labelColumn && { labelColumn }) } as const;
    expect(() => chosen(run, named, later(9))).toThrow(
      expect.objectContaining({ code: "unknown-label-column", message: expect.stringMatching(words) }),
    );
  });

  test("a run that knows it takes no other", () => {
    const labels = { file: "l.csv", column: "status", classes: [2, 2] };
    const { labelCandidates: _, ...known } = { ...inspection, labels };
    const knowing = runOf({ inspection: known });
    expect(() => chosen(knowing, answer, later(9))).toThrow(/from the column "status"/);
    expect(chosen(knowing, { ...answer, labelColumn: "status" }, later(9)).choice).toBeDefined();
  });
});

describe("a second answer", () => {
  test("that is the same while the run still asks changes nothing, not even its time", () => {
    const run = chosen(runOf(), { where: "aws-spot", prepare: false }, later(1));
    expect(chosen(run, { where: "aws-spot", prepare: false }, later(60))).toBe(run);
  });

  test("that differs is refused and names the first", () => {
    const run = chosen(runOf(), { where: "aws-spot", prepare: false }, later(1));
    expect(refusalOf(run, "local")).toEqual({
      code: "already-chosen",
      message: "The run cohort-0123456789ab was answered with aws-spot at 2026-01-02T03:04:06.000Z.",
    });
  });
});

const cases: readonly { case: string; run: Partial<Run>; where: Where; code: string; message: RegExp }[] = [
  ...(["Settle", "Inspect", "Estimate", "Failed", "Expired", "Cancelled"] satisfies RunState[]).map((state) => ({
    case: `a run in ${state}`,
    run: { state },
    where: "aws-spot" as const,
    code: "not-waiting",
    message: new RegExp(`is in the state ${state}\\.$`),
  })),
  {
    case: "a run that went on with another answer",
    run: { state: "Provision", ...answered },
    where: "local",
    code: "already-chosen",
    message: /answered with aws-spot/,
  },
  {
    case: "a run that went on with the same answer",
    run: { state: "Provision", ...answered },
    where: "aws-spot",
    code: "already-chosen",
    message: /answered with aws-spot/,
  },
  {
    case: "an option that carries a refusal",
    run: {},
    where: "aws-on-demand",
    code: "unknown-option",
    message: /^There is no quota for it\.$/,
  },
  {
    case: "an option that is not there",
    run: { estimate: estimateOf([]) },
    where: "local",
    code: "unknown-option",
    message: /^The run cohort-0123456789ab has no option local\.$/,
  },
];

test.each(cases)("$case refuses the answer as $code", ({ run, where, code, message }) => {
  const refusal = refusalOf(runOf(run), where);
  expect(refusal.code).toBe(code);
  expect(refusal.message).toMatch(message);
});

test("a run without an estimate has no options", () => {
  const { estimate: _, ...unestimated } = runOf();
  expect(refusalOf(unestimated, "local").code).toBe("unknown-option");
});

describe("the chosen option", () => {
  test("is the one of the estimate that the choice names", () => {
    const run = chosen(runOf(), { where: "local", prepare: false }, later(1));
    expect(chosenOption(run)).toBe(run.estimate?.options[2]);
  });

  test("is demanded only of runs past their choice", () => {
    expect(() => chosenOption(runOf())).toThrow("the run cohort-0123456789ab has no chosen option");
  });
});

describe("an answer with preparing", () => {
  const prepared = optionOf("aws-spot", { prepare: true, costUsd: { low: 1, expected: 2, high: 3 } });
  const asked = runOf({ estimate: estimateOf([optionOf("aws-spot"), prepared]) });

  test("is the prepared option's, and approves what that may cost", () => {
    const run = chosen(asked, { where: "aws-spot", prepare: true }, later(1));
    expect(run.choice).toMatchObject({ where: "aws-spot", prepare: true, approvedUsd: 3 });
    expect(chosenOption(run)).toBe(prepared);
  });

  test("is another answer than the one without", () => {
    const run = chosen(asked, { where: "aws-spot", prepare: true }, later(1));
    expect(refusalOf(run, "aws-spot").code).toBe("already-chosen");
  });

  test("rests on the estimate of the prepared data once that is there", () => {
    const matrix = { digest: "d", samples: 1, rows: 1, bytes: 1, parts: 1, totals: noCounts };
    const run = { ...chosen(asked, { where: "aws-spot", prepare: true }, later(1)), matrix };
    expect(chosenOption(run)).toBe(run.estimate?.options[0]);
  });
});

test.each([
  [{ where: "aws-spot", prepare: false }, "aws"],
  [{ where: "aws-on-demand", prepare: true }, "prepare"],
  [{ where: "local", prepare: false }, "local"],
] as const)("the machine goes from %j on to %s", (answer, way) => {
  expect(wayOf(answer)).toBe(way);
});

function refusalOf(run: Run, where: Where): { code: string; message: string } {
  try {
    chosen(run, { where, prepare: false }, later(99));
  } catch (error) {
    if (error instanceof PipelineError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("the answer was taken");
}
