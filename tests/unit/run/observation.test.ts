import { expect, test } from "vitest";
import { observationOf } from "../../../core/run/observation.ts";
import type { Run } from "../../../core/run/run.ts";
import type { Where } from "../../../core/sizing/estimate.ts";
import type { EngineLog } from "../../../core/variantspark/eventLog.ts";
import { sizingData } from "../sizing/inputs.ts";
import { askedAt, awsConfiguration, optionOf, runOf } from "./runOf.ts";

const log = { phases: { start: 60, load: 5, trees: 20, finish: 1 } } as EngineLog;

function runOn(where: Where): Run {
  const choice = { where, prepare: false, at: askedAt.toISOString(), by: "researcher", approvedUsd: 1 } as const;
  const options = [optionOf(where, { configuration: awsConfiguration })];
  return runOf({ choice, estimate: { options, curve: [], message: "", cachedBytes: 1, basis: "" } });
}

test("a run on AWS teaches the speed of its instance type", () => {
  expect(observationOf(runOn("aws-spot"), log, sizingData)).toMatchObject({ instanceType: "r6a.xlarge" });
});

test.each<Where>(["cluster", "local"])("a run on %s teaches nothing about instance types", (where) => {
  expect(observationOf(runOn(where), log, sizingData)).toBeUndefined();
});
