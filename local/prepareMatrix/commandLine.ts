/** What was asked for: `IN.vcf[.gz|.bgz]… OUT/ [options]`. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { MatrixFilters, Region } from "../../core/matrix/filters.ts";

export interface PrepareCommand {
  /** Paths as they were given; the first file's samples give the order of the columns. */
  readonly inputs: readonly string[];
  readonly out: string;
  readonly workers: number;
  readonly filters: MatrixFilters;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `npm run prepare-matrix -- IN.vcf[.gz|.bgz]… OUT/ [options]

  IN                      VCFs with the same samples, one per chromosome perhaps
  OUT/                    folder of the matrix; it must be new, empty or hold a matrix
  --workers N             threads (default: as many as there are cores)
  --min-maf X             keep variants whose minor-allele frequency is at least X
  --max-missing X         keep variants of whose genotypes at most the part X is missing
  --biallelic-only        keep variants with one alternate allele
  --region CHR[:FROM-TO]  keep variants there; may be given several times
  --samples FILE          keep these samples, one per line`;

/** @throws UsageError with what is wrong, in words */
export async function parseCommandLine(argv: readonly string[]): Promise<PrepareCommand> {
  const { values, positionals } = parsed(argv);
  const [inputs, [out]] = [positionals.slice(0, -1), positionals.slice(-1)];
  if (out === undefined || inputs.length === 0)
    throw new UsageError("Name at least one VCF, and the folder OUT/ last.");
  if (/\.vcf(\.b?gz)?$/i.test(out)) throw new UsageError(`${out} looks like a VCF: the folder OUT/ comes last.`);
  const filters: MatrixFilters = {
    minMaf: fraction("--min-maf", values["min-maf"]),
    maxMissing: fraction("--max-missing", values["max-missing"]),
    biallelicOnly: values["biallelic-only"],
    regions: values.region?.map(regionOf),
    samples: values.samples === undefined ? undefined : await namesIn(values.samples),
  };
  return { inputs, out, workers: workerCount(values.workers), filters };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        workers: { type: "string" },
        "min-maf": { type: "string" },
        "max-missing": { type: "string" },
        "biallelic-only": { type: "boolean" },
        region: { type: "string", multiple: true },
        samples: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function fraction(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new UsageError(`${option} takes a number from 0 to 1, not ${text}.`);
}

function workerCount(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1024) return value;
  throw new UsageError(`--workers takes a whole number from 1, not ${text}.`);
}

/** As in bcftools: CHR, CHR:POS, CHR:FROM-TO or CHR:FROM-; 1-based, both ends inside. A contig may have colons of its own. */
function regionOf(text: string): Region {
  const [, contig = text, from, dash, to] = /^(.+):(\d+)(-?)(\d*)$/.exec(text) ?? [];
  if (from === undefined) return { contig };
  const firstPos = Number(from);
  if (dash === "" || to === "") return dash === "" ? { contig, firstPos, lastPos: firstPos } : { contig, firstPos };
  const lastPos = Number(to);
  if (firstPos <= lastPos) return { contig, firstPos, lastPos };
  throw new UsageError(`--region ${text} ends before it starts.`);
}

async function namesIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`--samples: ${file} cannot be read.`);
  });
  const names = text.split(/\r?\n/).filter((name) => name !== "");
  if (names.length === 0) throw new UsageError(`--samples: ${file} names no sample.`);
  return names;
}
