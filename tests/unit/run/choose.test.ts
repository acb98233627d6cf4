import { describe, expect, test } from "vitest";
import { PipelineError } from "../../../core/errors/pipelineError.ts";
import { chosen } from "../../../core/run/choose.ts";
import { chosenOption } from "../../../core/run/chosenOption.ts";
import type { Run, RunState } from "../../../core/run/run.ts";
import type { Where } from "../../../core/sizing/estimate.ts";
import { askedAt, later, runOf } from "./runOf.ts";

const answered: Pick<Run, "choice"> = { choice: { where: "aws-spot", at: askedAt.toISOString(), by: "researcher" } };

test.each<Where>(["aws-spot", "local"])("the answer %s is kept with its time and the state stays", (where) => {
  const run = runOf();
  expect(chosen(run, where, later(9))).toEqual({
    ...run,
    choice: { where, at: "2026-01-02T03:04:14.000Z", by: "researcher" },
  });
});

describe("a second answer", () => {
  test("that is the same while the run still asks changes nothing, not even its time", () => {
    const run = chosen(runOf(), "aws-spot", later(1));
    expect(chosen(run, "aws-spot", later(60))).toBe(run);
  });

  test("that differs is refused and names the first", () => {
    const run = chosen(runOf(), "aws-spot", later(1));
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
    run: { estimate: { options: [], message: "", cachedBytes: 1, basis: "" } },
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
    const run = chosen(runOf(), "local", later(1));
    expect(chosenOption(run)).toBe(run.estimate?.options[2]);
  });

  test("is demanded only of runs past their choice", () => {
    expect(() => chosenOption(runOf())).toThrow("the run cohort-0123456789ab has no chosen option");
  });
});

function refusalOf(run: Run, where: Where): { code: string; message: string } {
  try {
    chosen(run, where, later(99));
  } catch (error) {
    if (error instanceof PipelineError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("the answer was taken");
}
