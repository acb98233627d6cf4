import { expect, test } from "vitest";
import { observationOf } from "../../../core/run/observation.ts";
import type { Where } from "../../../core/sizing/estimate.ts";
import type { EngineLog } from "../../../core/variantspark/eventLog.ts";
import { sizingData } from "../sizing/inputs.ts";
import { runOn } from "./runOf.ts";

const log = { phases: { start: 60, load: 5, trees: 20, finish: 1 } } as EngineLog;

test("a run on AWS teaches the speed of its instance type", () => {
  expect(observationOf(runOn("aws-spot"), log, sizingData)).toMatchObject({ instanceType: "r6a.xlarge" });
});

test.each<Where>(["cluster", "local"])("a run on %s teaches nothing about instance types", (where) => {
  expect(observationOf(runOn(where), log, sizingData)).toBeUndefined();
});
