/** Proves from what the slices left that the matrix is whole, and says so; only then is it ever used. */
import { readPlan, readSlice, type SliceOutcome, writeManifest } from "../aws/matrices.ts";
import { listStudy } from "../aws/objects.ts";
import { updateRun } from "../aws/runsStore.ts";
import { columnsFile } from "../core/matrix/columnsFile.ts";
import { type SliceResult, sealMatrix } from "../core/matrix/manifest.ts";
import { matrixOf } from "../core/matrix/matrix.ts";
import { matrixDigestOf } from "../core/run/matrixDigestOf.ts";
import { entered } from "../core/run/run.ts";
import { sliceFailure } from "../core/run/sliceFailure.ts";
import { type FailedOutcome, failed } from "./outcome.ts";
import { step, stepInput } from "./step.ts";

/** Slices read side by side. */
const batch = 50;

export const handler = step(stepInput, async ({ runId }): Promise<{ kind: "sealed" } | FailedOutcome> => {
  const run = await updateRun(runId, (current) => entered(current, "Seal", new Date()));
  const digest = matrixDigestOf(run);
  const { plan, samples } = await readPlan(digest);
  const outcomes = await readSlices(digest, plan.sliceCount);
  for (const outcome of outcomes) {
    if ("error" in outcome) return { kind: "failed", failure: sliceFailure(outcome.error, run.study.prefix) };
  }
  const objects = await listStudy(run.study);
  const seal = sealMatrix({
    digest,
    filters: run.analysis?.filters ?? {},
    sampleCount: samples.length,
    plan,
    sources: plan.files.flatMap(({ key }) => objects.filter((object) => object.key === key)),
    results: outcomes as SliceResult[],
  });
  if (seal.kind === "refused") {
    const details = seal.reasons.slice(0, 3).map(({ detail }) => detail);
    return failed(
      seal.reasons[0]?.code ?? "not-sealed",
      `The matrix is not whole: ${details.join("; ")}.`,
      "Start the run again.",
    );
  }
  await writeManifest(seal.manifest, columnsFile(samples));
  await updateRun(runId, (current) => ({ ...current, matrix: matrixOf(seal.manifest) }));
  return { kind: "sealed" };
});

async function readSlices(digest: string, count: number): Promise<SliceOutcome[]> {
  const outcomes: SliceOutcome[] = [];
  for (let start = 0; start < count; start += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - start) }, (_, index) => start + index);
    const read = await Promise.all(numbers.map((number) => readSlice(digest, number)));
    outcomes.push(...read.filter((outcome) => outcome !== undefined));
  }
  return outcomes;
}
