import { findingCatalogue } from "../findings/catalogue.ts";
import type { Finding } from "../findings/finding.ts";
import { titleOf } from "../findings/found.ts";

/** Why a run could not go on, in words for its researcher. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Which of the findings stop the run; what they say in full is seen with the run. */
export function rejection(findings: readonly Finding[]): Failure {
  const errors = findings.filter(({ severity }) => severity === "error");
  const messages = errors.map((finding) => `${titleOf(finding)}.`);
  const remedies = errors.map(({ code }) => findingCatalogue[code].remedy);
  return { code: "rejected", message: onceEach(messages), remedy: onceEach(remedies) };
}

function onceEach(sentences: readonly string[]): string {
  return [...new Set(sentences)].join(" ");
}

/** A failure that nobody foresaw: what is known of it, and what to do with it. */
export function unforeseen(message: string): Failure {
  const remedy = "Start the run again; if it fails in the same way, hand this message to whoever runs the pipeline.";
  return { code: "internal", message, remedy };
}

/** The cause of a failed Lambda is JSON with the message and a stack; only the message, up to 500 characters, is for people. */
export function causeInWords(cause: string): string {
  return messageOf(cause).slice(0, 500);
}

function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return typeof parsed === "object" && parsed !== null && "errorMessage" in parsed
      ? String(parsed.errorMessage)
      : cause;
  } catch {
    return cause;
  }
}
