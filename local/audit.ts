/**
 * `npm run audit`: fails when a package that is deployed has a known vulnerability of severity high or critical, and also when the
 * registry did not say, as mirrors often do not: silence is not a pass.
 */
import { join } from "node:path";
import { audited } from "./auditAnswer.ts";
import { npm } from "./npm.ts";

const project = join(import.meta.dirname, "..");
const { stdout } = await npm(project, "audit", "--json", "--omit=dev", "--audit=true");
const { passed, lines } = audited(stdout);
for (const line of lines) console.log(line);
process.exitCode = passed ? 0 : 1;
