/** GET /runs/{id}: everything a client draws. */
import sizingData from "variantspark-sizing-data";
import { z } from "zod";
import { describeExecution } from "../../aws/executions.ts";
import { countSlices } from "../../aws/matrices.ts";
import { findRun } from "../../aws/runsStore.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { onMachine } from "../../core/run/machine.ts";
import { matrixDigestOf } from "../../core/run/matrixDigestOf.ts";
import { type RunView, runView } from "../../core/run/runView.ts";
import { machineQuery } from "../schemas.ts";
import { type Answer, route, runPath } from "./route.ts";

/** With cores and memoryGiB of the client's machine, the local options are those of that machine. */
export const request = z.object({ path: runPath, query: machineQuery });

export const handler = route(request, async ({ path: { id }, query: machine }): Promise<Answer<RunView>> => {
  const [run, execution] = await Promise.all([findRun(id), describeExecution(id)]);
  if (run === undefined && execution === undefined) throw new PipelineError("run-not-found", `There is no run ${id}.`);
  const shown = run && machine ? onMachine(run, machine, sizingData) : run;
  const slicesDone = run?.state === "Convert" ? await countSlices(matrixDigestOf(run)) : undefined;
  return {
    status: 200,
    body: { ...runView(id, shown, execution, new Date()), ...(slicesDone !== undefined && { slicesDone }) },
  };
});
