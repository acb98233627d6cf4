/** What was called and answered, read from the HAR file that Schemathesis writes (HTTP Archive 1.2). */
import { readFile } from "node:fs/promises";
import type { OpenApiOperation } from "./operations.ts";

interface Har {
  readonly log: {
    readonly entries: readonly {
      readonly request: { readonly method: string; readonly url: string };
      readonly response: { readonly status: number };
    }[];
  };
}

/** @returns how often each operation was answered with each status */
export async function statusesOf(
  harFile: string,
  apiUrl: string,
  operations: readonly OpenApiOperation[],
): Promise<Map<string, Map<number, number>>> {
  const { log }: Har = JSON.parse(await readFile(harFile, "utf8"));
  const statuses = new Map(operations.map(({ id }) => [id, new Map<number, number>()]));
  for (const { request, response } of log.entries) {
    const path = new URL(request.url).pathname.slice(new URL(apiUrl).pathname.length);
    const operation = operations.find(({ method, pattern }) => method === request.method && pattern.test(path));
    const counts = operation && statuses.get(operation.id);
    counts?.set(response.status, (counts.get(response.status) ?? 0) + 1);
  }
  return statuses;
}
