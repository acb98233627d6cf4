/**
 * `npm run inspect -- FILE… | FOLDER`: what the pipeline would say about a study, before it is uploaded. Prints as a linter
 * does; reads as little as the pipeline does.
 */
import { styleText } from "node:util";
import { isRejected } from "../../core/findings/finding.ts";
import { type InspectCommand, parseCommandLine, USAGE, UsageError } from "./commandLine.ts";
import { inspectFiles } from "./inspectFiles.ts";
import { lintLines, studyLines, verdictLine } from "./screen.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await inspect(parseCommandLine(argv));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${message}\n\n${USAGE}` : styleText("red", message));
    return isUsage ? 2 : 1;
  }
}

async function inspect(command: InspectCommand): Promise<number> {
  const { folder, inspection } = await inspectFiles(command);
  const lines = [...lintLines(inspection, folder), ...studyLines(inspection), verdictLine(inspection.findings)];
  console.log(command.json ? JSON.stringify(inspection, null, 2) : lines.join("\n"));
  return isRejected(inspection.findings) ? 1 : 0;
}
