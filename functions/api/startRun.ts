/** POST /runs: run a folder as it is, without waiting for an upload event. */
import { z } from "zod";
import { environment } from "../../aws/environment.ts";
import { PipelineError } from "../../core/errors/pipelineError.ts";
import { startRunBody } from "../schemas.ts";
import { startStudy } from "../startStudy.ts";
import type { StartedRun } from "./answers.ts";
import { type Answer, route } from "./route.ts";

export const request = z.object({ body: startRunBody });

export const handler = route(request, async ({ body: { bucket, prefix, analysis } }): Promise<Answer<StartedRun>> => {
  const inbox = environment("INBOX_BUCKET");
  if (bucket !== undefined && bucket !== inbox)
    throw new PipelineError("bucket-not-allowed", `The bucket ${bucket} is not the inbox of this pipeline.`);
  const start = await startStudy({ bucket: inbox, prefix }, true, analysis);
  if (!("runId" in start)) throw new PipelineError("study-not-found", `There are no objects under ${prefix}.`);
  return { status: start.kind === "started" ? 202 : 200, body: { id: start.runId, started: start.kind === "started" } };
});
