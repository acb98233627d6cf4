/**
 * `npm run audit`: fails when a package that is deployed has a known vulnerability of severity high or critical, and also when the
 * registry did not say, as mirrors often do not: silence is not a pass.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { audited } from "./auditAnswer.ts";

const { passed, lines } = audited(await npmAudit());
for (const line of lines) console.log(line);
process.exitCode = passed ? 0 : 1;

/** Its exit code does not tell a vulnerability from a registry that is silent. */
function npmAudit(): Promise<string> {
  const script = process.env["npm_execpath"];
  const [program, args] = script ? [process.execPath, [script]] : ["npm", []];
  const options = { cwd: join(import.meta.dirname, ".."), maxBuffer: 1 << 26 };
  return new Promise((resolve) =>
    execFile(program, [...args, "audit", "--json", "--omit=dev", "--audit=true"], options, (_, stdout) =>
      resolve(stdout),
    ),
  );
}
