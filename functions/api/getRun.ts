/** GET /runs/{id}: everything a client draws. */
import { z } from "zod";
import { describeExecution } from "../../aws/executions.ts";
import { countSlices } from "../../aws/matrices.ts";
import { findRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { matrixDigestOf } from "../../core/run/matrixDigestOf.ts";
import { type RunView, runView } from "../../core/run/runView.ts";
import { type Answer, route, runPath } from "./route.ts";

export const request = z.object({ path: runPath });

export const handler = route(request, async ({ path: { id } }): Promise<Answer<RunView>> => {
  const [run, execution] = await Promise.all([findRun(id), describeExecution(id)]);
  if (run === undefined && execution === undefined) throw new PipelineError("run-not-found", `There is no run ${id}.`);
  const slicesDone = run?.state === "Convert" ? await countSlices(matrixDigestOf(run)) : undefined;
  return { status: 200, body: { ...runView(id, run, execution), ...(slicesDone !== undefined && { slicesDone }) } };
});
