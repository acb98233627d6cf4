/**
 * The one list of everything that stops a request or a step. The code is string data (a minifier may rename classes),
 * so a Catch, a client and a test can all match on it.
 */
interface CatalogueEntry {
  readonly title: string;
  /** HTTP status when it reaches the API. */
  readonly status: number;
  /** What the reader can do about it. */
  readonly remedy: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
}

export const errorCatalogue = {
  "invalid-request": {
    title: "The request cannot be read",
    status: 400,
    remedy: "Correct the fields named in detail and send it again.",
    retryable: false,
  },
  "study-not-found": {
    title: "There is nothing to run in that folder",
    status: 404,
    remedy: "Upload the VCF files and the labels table into one folder of the inbox and name that folder.",
    retryable: false,
  },
  "bucket-not-allowed": {
    title: "That bucket is not designated for runs",
    status: 403,
    remedy: "Use the inbox bucket of the pipeline, or have its owner add the bucket to the pipeline's parameters.",
    retryable: false,
  },
  "run-not-found": {
    title: "There is no such run",
    status: 404,
    remedy: "GET /runs lists the runs of this pipeline.",
    retryable: false,
  },
  "not-waiting": {
    title: "The run is not waiting for this",
    status: 409,
    remedy: "GET /runs/{id} shows the run's present state and what it waits for.",
    retryable: false,
  },
  "already-chosen": {
    title: "The run has been answered already",
    status: 409,
    remedy: "GET /runs/{id} shows the choice that counts. Cancel the run and start another to choose differently.",
    retryable: false,
  },
  "unknown-option": {
    title: "The run does not offer that option",
    status: 400,
    remedy: "Choose one of the options of GET /runs/{id}; those with a reason cannot be taken.",
    retryable: false,
  },
  "unknown-label-column": {
    title: "The choice names no label column that the run can take",
    status: 400,
    remedy: "Choose with labelColumn: one of inspection.labelCandidates of GET /runs/{id}.",
    retryable: false,
  },
  "nothing-grown": {
    title: "There is nothing to leave the run at",
    status: 409,
    remedy:
      "A run can be finished early while a forest grows in chunks, once the first chunk has been merged: GET /runs/{id} shows chunks.",
    retryable: true,
  },
  "run-changed": {
    title: "The run was changed by somebody else at the same moment",
    status: 409,
    remedy: "Read the run again and repeat the request.",
    retryable: true,
  },
  "result-missing": {
    title: "The result file is not there",
    status: 409,
    remedy: "Upload importance.csv through the link of GET /runs/{id}/files before reporting the local result.",
    retryable: false,
  },
  "result-malformed": {
    title: "The result file cannot be read",
    status: 422,
    remedy: "VariantSpark writes a CSV with the columns variable,importance; hand that file over unchanged.",
    retryable: false,
  },
  "node-group-failed": {
    title: "The nodes of the run could not be had",
    status: 502,
    remedy: "Choose the other market (spot or on-demand), or ask for a higher quota; the message names what AWS said.",
    retryable: true,
  },
  internal: {
    title: "Something went wrong on our side",
    status: 500,
    remedy: "Try again; if it stays, give the request id to whoever runs this pipeline.",
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
