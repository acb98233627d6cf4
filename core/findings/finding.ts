/**
 * A finding is something true about a study that its researcher should know before paying: what it is, where it is and
 * what to do about it. Findings are data; a finding of severity "error" means that the run cannot go on, one of severity "prepare" that only the prepared data can be run.
 */
import type { FindingCode, Severity } from "./catalogue.ts";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Object key relative to the study's folder, as the researcher named it. */
  readonly file?: string;
  /** 1-based line of that file. */
  readonly line?: number;
  /** 0-based offset into the (compressed) file. */
  readonly byteOffset?: number;
  /** What is so, in plain words, with the place. Never more than three sample names, never a genotype. */
  readonly message: string;
  /** What the researcher can do about it; empty only for severity "info". */
  readonly remedy: string;
}

/** Whether these findings stop the run. */
export function isRejected(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
