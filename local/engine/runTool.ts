/** Runs an installer to its end. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ToolOptions {
  /** What the user can do if it fails; ends the error's message. */
  readonly remedy?: string;
  readonly onLine?: (line: string) => void;
}

/** The program's standard output. Rejects on a non-zero exit with the last lines of what it said. */
export async function runTool(
  program: string,
  args: readonly string[],
  { remedy = "", onLine }: ToolOptions = {},
): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  const said: string[] = [];
  const hear = (line: string) => {
    said.push(line);
    onLine?.(line);
  };
  createInterface(child.stdout).on("line", (line) => {
    output.push(line);
    hear(line);
  });
  createInterface(child.stderr).on("line", hear);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exitCode, signal) => resolve(exitCode ?? String(signal)));
  });
  if (code === 0) return output.join("\n");
  const tail = said
    .filter((line) => line.trim())
    .slice(-12)
    .join("\n");
  throw new Error(`${program} ${args.slice(0, 3).join(" ")} failed (${code}).\n${tail}\n${remedy}`.trim());
}
