/** GET /runs: newest first, a page at a time. */
import { z } from "zod";
import { environment } from "../../aws/environment.ts";
import { listExecutions } from "../../aws/executions.ts";
import type { RunList } from "./answers.ts";
import { type Answer, route } from "./route.ts";

export const request = z.object({
  query: z.object({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    next: z.string().min(1).optional(),
  }),
});

export const handler = route(request, async ({ query: { limit, next } }): Promise<Answer<RunList>> => {
  const { executions, nextToken } = await listExecutions(limit, next);
  return {
    status: 200,
    body: { inbox: environment("INBOX_BUCKET"), runs: executions, ...(nextToken && { next: nextToken }) },
  };
});
