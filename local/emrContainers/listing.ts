/** What the operations on virtual clusters and on job runs have in common: ids, idempotency, pages. */
import { createHash, randomInt } from "node:crypto";
import { validationError } from "./awsError.ts";

interface Kept {
  readonly id: string;
  readonly createdAt: string;
  readonly clientToken: string;
  readonly requestDigest: string;
}

interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

const DEFAULT_PAGE = 50;

/** 19 characters of [0-9a-z], as AWS's ids are. */
export function newId(): string {
  return Array.from({ length: 19 }, () => randomInt(36).toString(36)).join("");
}

/** What was made by an earlier request with this client token. Throws if that request was a different one. */
export function idempotent<T extends Kept>(
  made: Iterable<T>,
  request: { readonly clientToken: string; readonly [member: string]: unknown },
): { digest: string; known: T | undefined } {
  const digest = createHash("sha256")
    .update(JSON.stringify(sorted(request)))
    .digest("hex");
  for (const item of made) {
    if (item.clientToken !== request.clientToken) continue;
    if (item.requestDigest === digest) return { digest, known: item };
    throw validationError(`Client token ${request.clientToken} was used already with a different request.`);
  }
  return { digest, known: undefined };
}

/** One page, newest first; the token names the last item that was given. */
export function pageOf<T extends Kept>(all: readonly T[], request: PageRequest): { items: T[]; nextToken?: string } {
  const { createdAfter, createdBefore, nextToken, maxResults = DEFAULT_PAGE } = request;
  const inTime = all.filter((item) => {
    const created = Date.parse(item.createdAt);
    return created > (createdAfter?.getTime() ?? -Infinity) && created < (createdBefore?.getTime() ?? Infinity);
  });
  // made later = kept later, also within one millisecond
  const newestFirst = inTime.reverse();
  let start = 0;
  if (nextToken !== undefined) {
    const last = Buffer.from(nextToken, "base64url").toString();
    start = newestFirst.findIndex((item) => item.id === last) + 1;
    if (start === 0) throw validationError("The nextToken is not one that this listing gave.");
  }
  const items = newestFirst.slice(start, start + maxResults);
  const last = items.at(-1);
  const more = last !== undefined && start + maxResults < newestFirst.length;
  return more ? { items, nextToken: Buffer.from(last.id).toString("base64url") } : { items };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
