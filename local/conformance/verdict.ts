/** What inspection of one conformance file shows, held against what its project says of it. */
import type { FindingCode } from "../../core/findings/catalogue.ts";
import type { Finding } from "../../core/findings/finding.ts";
import { ruleOf } from "./rules.ts";

/** As the file's path says; of the suites without such folders nothing is known. */
export type Expected = "valid" | "invalid" | "unlabelled";

export type Verdict =
  /** Of a file that is not known to be invalid: it can run, perhaps prepared. */
  | { readonly kind: "accepted" }
  /** It is sound, and there is nothing in it to run on. */
  | { readonly kind: "without-data" }
  /** It is BCF, or compressed in a way that the pipeline does not take, and is named as what it is. */
  | { readonly kind: "other-form" }
  /** Stopped although it is valid. */
  | { readonly kind: "refused"; readonly codes: readonly FindingCode[] }
  /** Of an invalid file: told by the finding of its rule. */
  | { readonly kind: "reported" }
  | { readonly kind: "outside"; readonly reason: string }
  | { readonly kind: "missed"; readonly codes: readonly FindingCode[] };

const NOTHING_TO_RUN_ON: readonly FindingCode[] = [
  "empty-file",
  "vcf-no-samples",
  "vcf-no-records",
  "vcf-genotypes-missing",
];

const OTHER_FORM = /\.(bcf|bz2)$/;

/** By the last folder or beginning of a name that tells. */
export function expectedOf(path: string): Expected {
  const [last] = path
    .split(/[\\/]/)
    .reverse()
    .flatMap((name) => LABEL.exec(name)?.[0] ?? []);
  if (last === undefined) return "unlabelled";
  return last === "passed" ? "valid" : "invalid";
}

const LABEL = /^(passed|failed|non_readable)|corrupt_file|truncated|mangled/;

export function verdictOf(path: string, findings: readonly Finding[]): Verdict {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return expectedOf(path) === "invalid" ? ofInvalid(path, codes) : ofValid(path, findings);
}

function ofInvalid(path: string, codes: readonly FindingCode[]): Verdict {
  const rule = ruleOf(path);
  if (rule?.codes.some((code) => codes.includes(code))) return { kind: "reported" };
  return rule?.outside === undefined ? { kind: "missed", codes } : { kind: "outside", reason: rule.outside };
}

function ofValid(path: string, findings: readonly Finding[]): Verdict {
  const stopping = findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
  if (stopping.length === 0) return { kind: "accepted" };
  if (stopping.every((code) => NOTHING_TO_RUN_ON.includes(code))) return { kind: "without-data" };
  if (stopping.every((code) => code === "not-a-vcf") && OTHER_FORM.test(path)) return { kind: "other-form" };
  return { kind: "refused", codes: stopping };
}
