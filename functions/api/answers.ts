/** What the routes answer with, beside the run itself; docs/openapi.json is generated from these types. */
import type { LocalCommand } from "../../core/run/localRun.ts";
import type { Choice } from "../../core/run/run.ts";

export interface StartedRun {
  readonly id: string;
  /** False when this content of the folder has its run already. */
  readonly started: boolean;
}

export interface RunList {
  /** The bucket into which studies are uploaded. */
  readonly inbox: string;
  /** Newest first. */
  readonly runs: readonly RunOfList[];
  /** Value of `next` for the next page; absent on the last one. */
  readonly next?: string;
}

export interface RunOfList {
  readonly id: string;
  /** Of its execution in Step Functions. */
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  /** ISO 8601. */
  readonly startedAt: string;
  readonly stoppedAt?: string;
}

export interface TakenChoice {
  readonly id: string;
  readonly choice: Choice;
}

export interface TakenResult {
  readonly id: string;
}

export interface FinishingRun {
  readonly id: string;
  /** Trees that the result will rest on. */
  readonly trees: number;
}

export interface CancelledRun {
  readonly id: string;
  /** Whether all that the run held has been given back; repeat the request until it is. */
  readonly released: boolean;
}

export interface RunFiles {
  readonly id: string;
  /** Seconds after which the links end. */
  readonly expiresIn: number;
  /** What VariantSpark reads, named as the arguments of `engine` name it. */
  readonly inputs: readonly Link[];
  readonly results: readonly Link[];
  /** Where a local run puts its result; empty unless the run waits for one. */
  readonly uploads: readonly Link[];
  /** How to run VariantSpark in a folder with the inputs; absent until the study has been inspected. */
  readonly engine?: LocalCommand;
}

export interface Link {
  /** Relative path of the file. */
  readonly name: string;
  /** Presigned: GET, or PUT for uploads. */
  readonly url: string;
}

/** RFC 9457, with what to do about it. */
export interface Problem {
  /** urn:variantspark-pipeline:CODE */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly remedy: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** The run's present state, where the problem is that it is another one than asked for. */
  readonly state?: string;
}

/** What API Gateway says to a call that is not signed, or whose signer may not make it. */
export interface Refusal {
  readonly message: string;
}
