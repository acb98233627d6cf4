/**
 * `npm run prepare-matrix -- IN.vcf[.gz|.bgz]… OUT/`: the genotype matrix of a cohort, made on this machine. What it holds, why and in
 * which format: docs/decisions/matrix-format.md. VariantSpark reads it with -ij '[{"type":"parquet","inputFile":"OUT"}]'.
 */
import { styleText } from "node:util";
import { indexInWords } from "../../core/bgzf/blockIndex.ts";
import { counted, thousands } from "../../core/findings/found.ts";
import type { MatrixManifest } from "../../core/matrix/manifest.ts";
import { matrixOf } from "../../core/matrix/matrix.ts";
import { findingLines } from "../screen.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { parseCommandLine, USAGE, UsageError } from "./commandLine.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { megabytes, ProgressBar } from "./progressBar.ts";

const interruption = new AbortController();
const preparing = main(process.argv.slice(2));
stopOnSignals(async () => {
  interruption.abort(new Error("Interrupted; no matrix was made."));
  await preparing;
});
process.exitCode = await preparing;

async function main(argv: readonly string[]): Promise<number> {
  let bar: ProgressBar | undefined;
  try {
    const command = await parseCommandLine(argv);
    const prepared = await prepare(
      command,
      {
        onFindings: (findings) => findings.length > 0 && console.log(findingLines(findings).join("\n")),
        onPlan: ({ files, sliceCount }) => {
          console.log(`  ${counted(sliceCount, "slice")} of ${counted(files.length, "file")}`);
          for (const { key, kind, sliceSeconds, indexes = [] } of files) {
            if (kind === "gzip")
              console.log(`  ${key} is gzip, not BGZF: one worker reads all of it, ${sliceSeconds} s or so`);
            for (const use of indexes) console.log(`  ${indexInWords(use)}`);
          }
        },
        onBytes: (bytes, totalBytes) => {
          bar ??= new ProgressBar(totalBytes, process.stdout);
          bar.show(bytes);
        },
      },
      interruption.signal,
    );
    bar?.end();
    console.log(summaryLines(prepared, command.out).join("\n"));
    return prepared.kind === "refused" ? 1 : 0;
  } catch (error) {
    bar?.end();
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : styleText("red", message));
    return error instanceof UsageError ? 2 : 1;
  }
}

function summaryLines(prepared: Prepared, out: string): string[] {
  if (prepared.kind === "refused")
    return [...prepared.reasons.map((reason) => `  ${styleText("red", reason)}`), `  No matrix was made in ${out}.`];
  const { manifest } = prepared;
  if (prepared.kind === "reused")
    return [`  ${out} holds this matrix already: nothing was converted.`, ...countLines(manifest)];
  const { seconds, textBytes } = prepared;
  const rate = `${megabytes(textBytes / seconds)} MB of VCF text per second`;
  return [...countLines(manifest), `  time     ${seconds.toFixed(1)} s, ${rate}`];
}

function countLines(manifest: MatrixManifest): string[] {
  const { totals, samples, bytes, parts } = matrixOf(manifest);
  const dropped = Object.entries(totals.droppedBy).filter(([, records]) => records > 0);
  const missing = totals.genotypes === 0 ? 0 : (100 * totals.missing) / totals.genotypes;
  return [
    `  records  ${thousands(totals.recordsIn)}`,
    `  rows     ${thousands(totals.rowsOut)} of ${counted(samples, "sample")}`,
    ...dropped.map(([reason, records]) => `  dropped  ${thousands(records)} (${reason})`),
    `  missing  ${thousands(totals.missing)} genotypes, ${missing.toFixed(2)} %`,
    `  size     ${megabytes(bytes)} MB in ${counted(parts, "part")}`,
  ];
}
