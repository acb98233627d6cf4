import { expect, test } from "vitest";
import { finished, notReleased } from "../../../core/run/release.ts";
import { entered } from "../../../core/run/run.ts";
import { runOf } from "./runOf.ts";

const now = new Date("2026-11-24T10:00:00Z");
const failure = { code: "rejected", message: "No labels.", remedy: "Upload them." };

test("a run whose failure nobody recorded is not a success", () => {
  const run = finished(runOf({ state: "Release" }), now);
  expect(run).toMatchObject({ state: "Failed", failure: { code: "internal" } });
});

test.each([
  ["Failed", failure],
  ["Expired", { ...failure, code: "expired" }],
] as const)("ends as %s by its failure", (state, recorded) => {
  expect(finished(runOf({ state: "Release", failure: recorded }), now)).toMatchObject({ state, failure: recorded });
});

test("says when its nodes were given back, once", () => {
  const nodeGroup = { name: "vs-x", createdAt: "2026-11-24T09:00:00Z" };
  const once = finished(runOf({ state: "Release", failure, nodeGroup }), now);
  expect(once.nodeGroup?.releasedAt).toBe(now.toISOString());
  expect(finished(once, new Date("2026-11-24T11:00:00Z")).nodeGroup?.releasedAt).toBe(now.toISOString());
});

test("nodes that cannot be deleted are what its researcher hears of", () => {
  const nodeGroup = { name: "vs-x", createdAt: "2026-11-24T09:00:00Z" };
  const run = notReleased(runOf({ state: "Release", nodeGroup }), "an interface is in use");
  expect(run.failure).toMatchObject({ code: "nodes-not-released", message: expect.stringContaining("vs-x") });
});

test("a cancelled run moves no more", () => {
  expect(() => entered(runOf({ state: "Cancelled" }), "Provision", now)).toThrow("was cancelled");
});
