/** What was asked for: `FILES… | FOLDER [options]`. */
import { parseArgs } from "node:util";

export interface InspectCommand {
  /** Files, or one folder, as they were given. */
  readonly paths: readonly string[];
  /** Column of the labels table; goes before that of analysis.json. */
  readonly labelColumn?: string;
  readonly json: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `npm run inspect -- FILE… | FOLDER [options]

  FILE…                 VCFs of one cohort, a labels table (.csv, .tsv, .txt) and analysis.json, as far as they exist
  FOLDER                a study as it would be uploaded
  --label-column NAME   column of the labels table
  --json                the findings and the study as one JSON document

Ends with 0 if nothing stops a run (perhaps of the prepared data only), 1 if something does, 2 if it was called in a wrong way.`;

/** @throws UsageError with what is wrong, in words */
export function parseCommandLine(argv: readonly string[]): InspectCommand {
  const { values, positionals } = parsed(argv);
  if (positionals.length === 0) throw new UsageError("Name the files of a study, or its folder.");
  const labelColumn = values["label-column"];
  return { paths: positionals, json: values.json, ...(labelColumn !== undefined && { labelColumn }) };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, "label-column": { type: "string" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
