/** The npm that runs the present script, or the one on PATH. */
import { execFile } from "node:child_process";

export interface NpmEnd {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** In the folder of the project. Resolves whatever the exit code. */
export function npm(project: string, ...args: readonly string[]): Promise<NpmEnd> {
  const script = process.env["npm_execpath"];
  const [program, first] = script ? [process.execPath, [script]] : ["npm", []];
  return new Promise((resolve) =>
    execFile(program, [...first, ...args], { cwd: project, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? "signal") : 0, stdout, stderr }),
    ),
  );
}
