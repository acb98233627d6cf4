/** From VCFs on this machine to a sealed matrix in a folder: the pipeline's Inspect, Plan, Convert and Seal, in threads. */
import { findingCatalogue } from "../../core/findings/catalogue.ts";
import { type Finding, isRejected } from "../../core/findings/finding.ts";
import { counted, found, someNames } from "../../core/findings/found.ts";
import { columnsFile } from "../../core/matrix/columnsFile.ts";
import { keptSamples } from "../../core/matrix/filters.ts";
import { type MatrixManifest, sealMatrix } from "../../core/matrix/manifest.ts";
import { matrixDigest } from "../../core/matrix/manifestDigest.ts";
import { type SampleRefusal, sampleOrder } from "../../core/matrix/sampleOrder.ts";
import { planSlices, type SliceLimits, type SlicePlan } from "../../core/matrix/slicePlan.ts";
import { type CohortFile, fileObject, inspectCohort } from "./cohort.ts";
import type { PrepareCommand } from "./commandLine.ts";
import { convertSlices } from "./convertSlices.ts";
import { clearFolder, foreignNames, sealedIn, writeSeal } from "./outputFolder.ts";
import type { SliceTrouble } from "./sliceWorker.ts";

export type Prepared =
  | { readonly kind: "sealed"; readonly manifest: MatrixManifest; readonly textBytes: number; readonly seconds: number }
  /** The folder held the very matrix. */
  | { readonly kind: "reused"; readonly manifest: MatrixManifest }
  /** No matrix: each reason in words. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

export interface Listener {
  onFindings(findings: readonly Finding[]): void;
  onPlan(plan: SlicePlan): void;
  onBytes(bytes: number, totalBytes: number): void;
}

/** Rates of one core of a laptop, measured with 2,504 samples; they only decide how many slices there are. */
const LAPTOP_LIMITS: SliceLimits = {
  aimSeconds: 10,
  maxSeconds: Number.POSITIVE_INFINITY,
  minSliceBytes: 2 ** 20,
  maxSlices: 10_000,
  textBytesPerSecond: 400e6,
  readBytesPerSecond: 1e9,
};

/** @throws the signal's reason once it is aborted; then, and whenever it is not sealed, the folder is left without a matrix */
export async function prepare(command: PrepareCommand, listener: Listener, signal: AbortSignal): Promise<Prepared> {
  const { inputs, out, workers, filters } = command;
  const begun = performance.now();
  const { findings, files } = await inspectCohort(inputs);
  const order = sampleOrder(files, (samples) => keptSamples(samples, filters, new Set()));
  const all = order.kind === "ordered" ? findings : [...findings, refusalFinding(order)];
  listener.onFindings(all);
  if (isRejected(all) || order.kind === "refused") return { kind: "refused", reasons: [] };

  const foreign = [...unknownSamples(command, files), ...(await foreignFiles(out))];
  if (foreign.length > 0) return { kind: "refused", reasons: foreign };
  const vcfs = files.map(({ summary: { key, etag, compressedBytes: size } }) => ({ key, etag, size }));
  const digest = matrixDigest({ vcfs, filters });
  const sealed = await sealedIn(out, digest);
  if (sealed) return { kind: "reused", manifest: sealed };

  const plan = planFor(files, workers);
  if (plan === undefined)
    return { kind: "refused", reasons: [`These are more than ${LAPTOP_LIMITS.maxSlices} files.`] };
  listener.onPlan(plan);
  await clearFolder(out);
  let isSealed = false;
  try {
    const converted = await convertSlices(
      {
        plan,
        files: files.map(({ file: path, samples }, index) => {
          return { path, sampleCount: samples.length, columnOrder: order.columnOrders[index] };
        }),
        filters,
        out,
      },
      workers,
      signal,
      (bytes) =>
        listener.onBytes(
          bytes,
          vcfs.reduce((sum, { size }) => sum + size, 0),
        ),
    );
    if (converted.kind === "failed") return { kind: "refused", reasons: [troubleInWords(converted.trouble)] };
    const sources = await Promise.all(inputs.map(fileObject));
    const { results } = converted;
    const seal = sealMatrix({ digest, filters, sampleCount: order.samples.length, plan, sources, results });
    if (seal.kind === "refused") return { kind: "refused", reasons: seal.reasons.map(({ detail }) => `${detail}.`) };
    await writeSeal(out, seal.manifest, columnsFile(order.samples));
    isSealed = true;
    const textBytes = files.reduce((sum, { summary }) => sum + summary.uncompressedBytes, 0);
    return { kind: "sealed", manifest: seal.manifest, textBytes, seconds: (performance.now() - begun) / 1000 };
  } finally {
    if (!isSealed) await clearFolder(out);
  }
}

/** Slices of some ten seconds; small cohorts are cut so that no worker is without one. */
function planFor(files: readonly CohortFile[], workers: number): SlicePlan | undefined {
  const seconds = files.reduce(
    (sum, { summary: { compressedBytes, uncompressedBytes } }) =>
      sum + compressedBytes / LAPTOP_LIMITS.readBytesPerSecond + uncompressedBytes / LAPTOP_LIMITS.textBytesPerSecond,
    0,
  );
  const aimSeconds = Math.min(LAPTOP_LIMITS.aimSeconds, seconds / workers);
  const planned = planSlices(
    files.map(({ summary }) => summary),
    { ...LAPTOP_LIMITS, aimSeconds },
  );
  return planned.kind === "planned" ? planned.plan : undefined;
}

function refusalFinding({ code, file, count, examples }: SampleRefusal): Finding {
  const what =
    code === "vcf-samples-duplicate"
      ? `${counted(count, "sample")} of ${file} more than once`
      : `${counted(count, "sample")} in ${file} or in the first file alone`;
  return found(code, { file }, `${findingCatalogue[code].title}: ${what}: ${someNames(examples)}.`);
}

function unknownSamples({ filters }: PrepareCommand, files: readonly CohortFile[]): string[] {
  const known = new Set(files[0]?.samples);
  const unknown = (filters.samples ?? []).filter((name) => !known.has(name));
  if (unknown.length === 0) return [];
  return [`--samples names ${counted(unknown.length, "sample")} that the VCF has not: ${someNames(unknown)}.`];
}

async function foreignFiles(out: string): Promise<string[]> {
  const names = await foreignNames(out);
  if (names.length === 0) return [];
  return [
    `${out} holds something else than a matrix, ${someNames(names)}: Spark would read it as a part of the matrix.`,
  ];
}

/** Damage is told with its place in the file, a wrong record with its place in the text of the slice. */
function troubleInWords({ path, start, end, message, code }: SliceTrouble): string {
  const remedy = code !== undefined && code in findingCatalogue ? remedyOf(code) : "";
  return `${path}, in its bytes ${start} to ${end}: ${message}.${remedy}`;
}

function remedyOf(code: string): string {
  return ` ${findingCatalogue[code as keyof typeof findingCatalogue].remedy}`;
}
