/** Cuts the study's VCFs into slices that Lambdas convert side by side; a matrix that is there already needs none. */
import { environment } from "../aws/environment.ts";
import { sealedMatrix, settlePlan } from "../aws/matrices.ts";
import { byteSource, readDocument } from "../aws/objects.ts";
import { runKeys, runsBucket, updateRun } from "../aws/runsStore.ts";
import { findingCatalogue } from "../core/findings/catalogue.ts";
import { vcfSamples } from "../core/inspect/vcfSamples.ts";
import { labelledSamples } from "../core/labels/normalizedLabels.ts";
import { type FileSamples, sampleOrder } from "../core/matrix/sampleOrder.ts";
import { LAMBDA_LIMITS, mapItems, planSlices, type SliceLimits } from "../core/matrix/slicePlan.ts";
import { matrixDigestOf } from "../core/run/matrixDigestOf.ts";
import { entered, type Run } from "../core/run/run.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { readIndexes } from "./readIndexes.ts";
import { step, stepInput } from "./step.ts";

type Outcome = { kind: "sealed" } | { kind: "planned"; digest: string; slices: number[] } | FailedOutcome;

export const handler = step(stepInput, async ({ runId }): Promise<Outcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Plan", new Date()));
  const digest = matrixDigestOf(run);
  if (await sealedMatrix(digest)) return { kind: "sealed" };
  const planned = planSlices(await readIndexes(run), limits());
  if (planned.kind !== "planned")
    return failed(
      planned.kind,
      "The VCFs cannot be cut into slices that a Lambda converts in time.",
      "Compress them with bgzip.",
    );
  const names = await samplesOf(run);
  const kept = run.inspection?.keptSamples && (await samplesWithLabel(runId));
  const order = sampleOrder(names, (samples) => samples.filter((sample) => kept?.has(sample) ?? true));
  if (order.kind === "refused")
    return failed(
      order.code,
      `The samples of ${order.file} do not go with the first file's.`,
      findingCatalogue[order.code].remedy,
    );
  const files = names.map(({ samples }, index) => ({
    sampleCount: samples.length,
    columnOrder: order.columnOrders[index] ? [...(order.columnOrders[index] ?? [])] : null,
  }));
  const { plan } = await settlePlan(digest, { plan: planned.plan, samples: order.samples, files });
  await updateRun(runId, (current) => ({
    ...entered(current, "Convert", new Date()),
    slices: plan.sliceCount,
  }));
  return { kind: "planned", digest, slices: mapItems(plan) };
});

/** Slices of so many seconds, and in proportion of so many bytes; `slice-seconds` of the stack. */
function limits(): SliceLimits {
  const aimSeconds = Number(environment("SLICE_SECONDS"));
  const minSliceBytes = Math.ceil((LAMBDA_LIMITS.minSliceBytes * aimSeconds) / LAMBDA_LIMITS.aimSeconds);
  return { ...LAMBDA_LIMITS, aimSeconds, minSliceBytes };
}

/** Inspect wrote labels for just the samples that the filters keep. */
async function samplesWithLabel(runId: string): Promise<Set<string>> {
  const labels = await readDocument(runsBucket(), runKeys.labels(runId));
  return labelledSamples(labels?.text ?? "");
}

async function samplesOf({ study, inspection }: Run): Promise<FileSamples[]> {
  const files: FileSamples[] = [];
  for (const { file, key, etag, compressedBytes: size } of inspection?.vcfs ?? []) {
    files.push({ file, samples: await vcfSamples(byteSource(study.bucket, { key, etag, size })) });
  }
  return files;
}
