/** What cfn-lint (AWS's resource schemas and rules) and checkov (security rules) say of a CloudFormation template. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ensureVenv } from "../../../local/engine/venv.ts";

export interface Finding {
  /** Of cfn-lint (E…, W…, I…) or of checkov (CKV_…). */
  readonly rule: string;
  /** Path in the template, or the resource. */
  readonly where: string;
  readonly message: string;
}

/**
 * Where cfn-lint, checkov and hadolint are. One environment of one file for all tests that lint: made of different ones, each
 * would install it anew for the next.
 */
export async function ensureLinters(): Promise<string> {
  const requirements = await readFile(join(import.meta.dirname, "requirements.txt"), "utf8");
  const folder = join(import.meta.dirname, "../../../.local/lint-venv");
  return (await ensureVenv(folder, requirements, "cfn-lint, checkov and hadolint", () => {})).bin;
}

export async function lint(bin: string, template: string): Promise<Finding[]> {
  const [findings, { failed }] = await Promise.all([cfnLint(bin, template), checkov(bin, template)]);
  return [...findings, ...failed];
}

interface Match {
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
  readonly Message: string;
}

export async function cfnLint(bin: string, template: string): Promise<Finding[]> {
  const matches: Match[] = JSON.parse(await said(join(bin, "cfn-lint"), ["--format", "json", "--", template]));
  return matches.map(({ Rule, Location, Message }) => ({
    rule: Rule.Id,
    where: (Location.Path ?? []).join("/"),
    message: Message,
  }));
}

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly resource: string;
      readonly check_name: string;
    }[];
    readonly skipped_checks: readonly {
      readonly check_id: string;
      readonly check_result: { readonly suppress_comment?: string };
    }[];
  };
}

export interface Checked {
  readonly passed: number;
  readonly failed: readonly Finding[];
  /** By comments in the template. */
  readonly skipped: readonly { readonly rule: string; readonly reason: string }[];
}

/** @throws Error when it could not read the template, which it would otherwise find faultless */
export async function checkov(bin: string, template: string): Promise<Checked> {
  const args = [
    "--file",
    template,
    "--framework",
    "cloudformation",
    "--output",
    "json",
    "--compact",
    "--skip-download",
  ];
  const { summary, results }: Report = JSON.parse(await said(join(bin, "checkov"), args));
  if (summary.parsing_errors > 0 || summary.passed === 0) throw new Error(`checkov could not read ${template}`);
  return {
    passed: summary.passed,
    failed: results.failed_checks.map(({ check_id, resource, check_name }) => ({
      rule: check_id,
      where: resource,
      message: check_name,
    })),
    skipped: results.skipped_checks.map(({ check_id, check_result }) => ({
      rule: check_id,
      reason: check_result.suppress_comment ?? "",
    })),
  };
}

/** Both end with another code than 0 where they find something. */
async function said(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  if (output.trim() === "") throw new Error(`${program} said nothing:\n${errors.trim().slice(-2_000)}`);
  return output;
}
