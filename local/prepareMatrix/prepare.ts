/** From VCFs on this machine to a sealed matrix in a folder: the pipeline's Inspect, Plan, Convert and Seal, in threads. */
import { findingCatalogue } from "../../core/findings/catalogue.ts";
import { type Finding, isRejected } from "../../core/findings/finding.ts";
import { counted, found, someNames } from "../../core/findings/found.ts";
import { columnsFile } from "../../core/matrix/columnsFile.ts";
import { keptSamples } from "../../core/matrix/filters.ts";
import { type MatrixManifest, sealMatrix } from "../../core/matrix/manifest.ts";
import { matrixDigest, samplesDigest } from "../../core/matrix/manifestDigest.ts";
import { type SampleOrder, type SampleRefusal, sampleOrder } from "../../core/matrix/sampleOrder.ts";
import { planSlices, type SliceLimits, type SlicePlan } from "../../core/matrix/slicePlan.ts";
import { type SliceTrouble, sliceFailure } from "../../core/run/sliceFailure.ts";
import { type CohortFile, fileObject, inspectCohort } from "./cohort.ts";
import type { PrepareCommand } from "./commandLine.ts";
import { convertSlices } from "./convertSlices.ts";
import { clearFolder, foreignNames, sealedIn, writeSeal } from "./outputFolder.ts";

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

  const reasons = [...unknownSamples(command, files), ...(await foreignFiles(out))];
  if (reasons.length > 0) return { kind: "refused", reasons };
  const vcfs = files.map(({ summary: { key, etag, compressedBytes: size } }) => ({ key, etag, size }));
  const isWhole = order.samples.length === files[0]?.samples.length;
  const digest = matrixDigest({ vcfs, filters, keptSamples: isWhole ? undefined : samplesDigest(order.samples) });
  const sealed = await sealedIn(out, digest);
  if (sealed) return { kind: "reused", manifest: sealed };

  const plan = planFor(files, workers);
  if (plan === undefined)
    return { kind: "refused", reasons: [`These are more than ${LAPTOP_LIMITS.maxSlices} files.`] };
  listener.onPlan(plan);
  await clearFolder(out);
  const outcome = await convertAndSeal(command, { digest, plan, files, order }, listener, signal).catch(
    async (error) => {
      await clearFolder(out);
      throw error;
    },
  );
  if (outcome.kind === "refused") {
    await clearFolder(out);
    return { kind: "refused", reasons: outcome.reasons };
  }
  const textBytes = files.reduce((sum, { summary }) => sum + summary.uncompressedBytes, 0);
  return { kind: "sealed", manifest: outcome.manifest, textBytes, seconds: (performance.now() - begun) / 1000 };
}

interface Planned {
  readonly digest: string;
  readonly plan: SlicePlan;
  readonly files: readonly CohortFile[];
  readonly order: Extract<SampleOrder, { kind: "ordered" }>;
}

type Outcome =
  | { readonly kind: "sealed"; readonly manifest: MatrixManifest }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

async function convertAndSeal(
  { inputs, out, workers, filters }: PrepareCommand,
  { digest, plan, files, order }: Planned,
  listener: Listener,
  signal: AbortSignal,
): Promise<Outcome> {
  const { samples, columnOrders } = order;
  const layouts = files.map(({ file: path, samples: ofFile }, index) => {
    return { path, sampleCount: ofFile.length, columnOrder: columnOrders[index] };
  });
  const totalBytes = plan.files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const onBytes = (bytes: number) => listener.onBytes(bytes, totalBytes);
  const converted = await convertSlices({ plan, files: layouts, filters, out }, workers, signal, onBytes);
  if (converted.kind === "failed") return { kind: "refused", reasons: [troubleInWords(converted.trouble)] };
  const sources = await Promise.all(inputs.map(fileObject));
  const { results } = converted;
  const seal = sealMatrix({ digest, filters, sampleCount: samples.length, plan, sources, results });
  if (seal.kind === "refused") return { kind: "refused", reasons: seal.reasons.map(({ detail }) => `${detail}.`) };
  await writeSeal(out, seal.manifest, columnsFile(samples));
  return seal;
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
    files.map(({ summary, index }) => ({ ...summary, index })),
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

function troubleInWords(trouble: SliceTrouble): string {
  const { message, remedy } = sliceFailure(trouble, "");
  return `${message}. ${remedy}`;
}
