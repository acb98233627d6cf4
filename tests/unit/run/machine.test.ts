import { expect, test } from "vitest";
import { onMachine } from "../../../core/run/machine.ts";
import type { Run } from "../../../core/run/run.ts";
import { estimateStudy } from "../../../core/sizing/estimateStudy.ts";
import { defaults, inspectionOf, sizingData } from "../sizing/inputs.ts";
import { runOf } from "./runOf.ts";

const inspection = inspectionOf(2504, 500_000, [{ compression: "none" }]);
const run = runOf({ inspection, analysis: defaults, estimate: estimateStudy(inspection, defaults, sizingData) });
const local = ({ estimate }: Run) => estimate?.options.filter(({ where }) => where === "local") ?? [];

test("more cores make the local options faster and leave those on AWS alone", () => {
  const [small, large] = [4, 16].map((cores) => onMachine(run, { cores, memoryGiB: 64 }, sizingData));
  if (!small || !large) throw new Error("two machines");
  expect(local(large)[1]?.runSeconds.expected).toBeLessThan(local(small)[1]?.runSeconds.expected ?? 0);
  const onAws = ({ estimate }: Run) => estimate?.options.filter(({ where }) => where !== "local");
  expect(onAws(small)).toEqual(onAws(run));
  expect(small.machine).toEqual({ cores: 4, memoryGiB: 64 });
});

test("a machine with too little memory is refused, with how much it has and how much is needed", () => {
  const { refusal } = local(onMachine(run, { cores: 4, memoryGiB: 2 }, sizingData))[0] ?? {};
  expect(refusal).toMatch(/do not fit into the 2 GiB .* they take 1\.\d GiB, and it caches 0\.\d GiB/);
});

test("a run that has no estimate yet stays as it is", () => {
  const { estimate: _none, ...early } = run;
  expect(onMachine(early, { cores: 4, memoryGiB: 16 }, sizingData)).toBe(early);
});
