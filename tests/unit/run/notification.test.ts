import { expect, test } from "vitest";
import { notificationOf } from "../../../core/run/notification.ts";
import type { RunState } from "../../../core/run/run.ts";
import { runOf } from "./runOf.ts";

test("a waiting choice is told with the options and how to answer", () => {
  const run = runOf();
  const asked = notificationOf({
    ...run,
    ...(run.estimate && { estimate: { ...run.estimate, message: "AWS on spot nodes: 2 min, $0.10." } }),
  });
  expect(asked?.subject).toBe("VariantSpark: a choice is waiting (cohort)");
  expect(asked?.text).toContain("AWS on spot nodes: 2 min, $0.10.");
  expect(asked?.text).toContain("POST /runs/cohort-0123456789ab/choice");
});

test("a failure is told with its reason and remedy", () => {
  const failure = { code: "rejected", message: "labels.csv is empty.", remedy: "Upload it again." };
  expect(notificationOf(runOf({ state: "Failed", failure }))?.text).toBe(
    "Study cohort, run cohort-0123456789ab: failed.\n\nlabels.csv is empty.\n\nUpload it again.",
  );
});

test("a subject is one line of at most 100 ASCII characters, whatever the study is called", () => {
  const study = { bucket: "inbox", prefix: `Studie ä\n${"数".repeat(200)}/` };
  expect(notificationOf(runOf({ study }))?.subject).toMatch(/^[ -~]{100}$/);
});

test.each<RunState>(["Settle", "Observe", "AwaitLocal", "Superseded", "Cancelled"])("nobody is told of %s", (state) => {
  expect(notificationOf(runOf({ state }))).toBeUndefined();
});
