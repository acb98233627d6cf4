/** Hands the run to the researcher's machine and waits for POST /runs/{id}/local-result. */
import { z } from "zod";
import { saveTaskToken, updateRun } from "../aws/runsStore.ts";
import { localNames } from "../core/run/localRun.ts";
import { entered } from "../core/run/run.ts";
import { importanceArguments } from "../core/variantspark/importanceArguments.ts";
import { mainClass } from "../core/variantspark/sparkJob.ts";
import { step, stepInput } from "./step.ts";

export const handler = step(stepInput.extend({ taskToken: z.string().min(1) }), async ({ runId, taskToken }) => {
  await saveTaskToken(runId, taskToken);
  await updateRun(runId, (run) => {
    if (run.analysis === undefined) throw new Error("AwaitLocal needs the run's parameters");
    const names = localNames(run);
    const engineArguments = importanceArguments({
      inputs: names.vcfs.map((vcf) => ({ kind: "vcf", uri: vcf.name })),
      labelsUri: names.labels,
      labelColumn: "label",
      outputUri: names.importance,
      analysis: run.analysis,
      variantsReported: 0,
    });
    return { ...entered(run, "AwaitLocal", new Date()), localRun: { mainClass, arguments: engineArguments } };
  });
});
