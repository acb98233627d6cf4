/**
 * Every command that README.md, docs/ and the notebook's README tell somebody to type: in blocks of bash, and in running text.
 * bash itself reads them, with programs that only write down how they were called: quotes, loops, substitutions and line
 * continuations are what bash takes them for, and a program that is not among those known here is seen.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceOf } from "../stack/stack.ts";

export interface DocumentedCommand {
  readonly document: string;
  /** The program first. */
  readonly words: readonly string[];
}

export const programs = ["aws", "bcftools", "docker", "kind", "kubectl", "node", "npm", "npx", "pip", "sudo"] as const;

const project = join(import.meta.dirname, "../../..");
/** All of them, by path. */
export const documents: readonly string[] = [
  "README.md",
  "notebook/README.md",
  ...readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export function documentedCommands(): DocumentedCommand[] {
  return documents.flatMap((document) => {
    const scripts = scriptsOf(sourceOf(document));
    return scripts.length === 0 ? [] : calledBy(scripts.join("\n")).map((words) => ({ document, words }));
  });
}

/** Blocks, and code in running text that begins with a program: `npm run local`, but not `npm`. */
export function scriptsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:bash|sh|shell|console)\n(.*?)^```/gms)].map(([, block = ""]) => block);
  const prose = markdown.replaceAll(/^```.*?^```/gms, "");
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span.replaceAll("\\|", "|"));
  return [...blocks, ...spans.filter((span) => programs.some((program) => span.startsWith(`${program} `)))];
}

/** @throws Error when bash cannot read the script, or it calls something that is no program of the list */
export function calledBy(script: string): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "commands-"));
  try {
    const [bin, calls, unknown] = [folder, join(folder, "calls"), join(folder, "unknown")];
    for (const file of [calls, unknown]) writeFileSync(file, "");
    for (const program of programs) {
      // Something for those who read the output, such as a loop.
      writeFileSync(
        join(bin, program),
        `#!/bin/bash\nprintf '%s\\0' $(($# + 1)) ${program} "$@" >>'${calls}'\necho 00000000-0000-0000-0000-000000000000\n`,
      );
      chmodSync(join(bin, program), 0o700);
    }
    const seen = `command_not_found_handle() { echo "$1" >>'${unknown}'; }\n`;
    const env = { PATH: bin, HOME: folder };
    execFileSync("/bin/bash", ["-c", `${seen}${script}`], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    const unknownPrograms = readFileSync(unknown, "utf8").trim();
    if (unknownPrograms !== "") throw new Error(`no test knows how to check ${unknownPrograms}`);
    return records(readFileSync(calls, "utf8").split("\0"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each begins with how many words it has. */
function records(fields: readonly string[]): string[][] {
  const found: string[][] = [];
  for (let at = 0; at < fields.length - 1; ) {
    const words = Number(fields[at]);
    found.push(fields.slice(at + 1, at + 1 + words));
    at += 1 + words;
  }
  return found;
}
