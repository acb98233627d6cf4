/** What cfn-lint (AWS's resource schemas and rules) and checkov (security rules) say of a CloudFormation template. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Finding {
  /** Of cfn-lint (E…, W…, I…) or of checkov (CKV_…). */
  readonly rule: string;
  /** Path in the template, or the resource. */
  readonly where: string;
  readonly message: string;
}

export async function lint(bin: string, template: string): Promise<Finding[]> {
  return (await Promise.all([cfnLint(bin, template), checkov(bin, template)])).flat();
}

interface Match {
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
  readonly Message: string;
}

async function cfnLint(bin: string, template: string): Promise<Finding[]> {
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
  };
}

/** @throws Error when it could not read the template, which it would otherwise find faultless */
async function checkov(bin: string, template: string): Promise<Finding[]> {
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
  return results.failed_checks.map(({ check_id, resource, check_name }) => ({
    rule: check_id,
    where: resource,
    message: check_name,
  }));
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
