/** GET /runs: newest first, a page at a time. */
import { z } from "zod";
import { listExecutions } from "../../aws/executions.ts";
import { route } from "./route.ts";

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  next: z.string().min(1).optional(),
});

export const handler = route(z.object({ query }), async ({ query: { limit, next } }) => {
  const { executions, nextToken } = await listExecutions(limit, next);
  const runs = executions.map(({ id, status, startedAt, stoppedAt }) => ({ id, status, startedAt, stoppedAt }));
  return { status: 200, body: { runs, ...(nextToken && { next: nextToken }) } };
});
