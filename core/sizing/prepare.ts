/** What preparing takes: Lambdas side by side convert slices of the VCFs, then the matrix is sealed. */
import { thousands } from "../findings/found.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { planSlices } from "../matrix/slicePlan.ts";
import type { CostParts } from "./estimate.ts";
import { matrixInput } from "./input.ts";
import { exactly, nothing, type Range, times } from "./range.ts";
import type { Prices, SizingData } from "./sizingData.ts";

export interface PrepareEstimate {
  readonly seconds: Range;
  readonly costParts: CostParts;
  readonly slices: number;
  /** Files of plain gzip, which one Lambda has to read alone, and the seconds that it takes. */
  readonly uncut: readonly { readonly file: string; readonly seconds: number }[];
  /** Why it cannot be done. */
  readonly refusal?: string;
}

/** Lambdas at work at one time: half of an account's usual 1,000. */
export const convertConcurrency = 500;
/** Memory of a Convert Lambda, GB: one vCPU. */
const lambdaGb = 1.769;
/** Planning, the Map's start and the seal. */
const overheadSeconds = 15;
/** The rates of the slice plan are cautious: half or less of what one core of a laptop does. */
const spread: Range = { low: 0.5, expected: 1, high: 1.5 };
/** Objects that a slice and the seal write, and bytes of one ranged GET. */
const putsPerSlice = 3;
const getBytes = 8 * 2 ** 20;

export function estimatePrepare(
  { vcfs, samples, keptSamples, variants }: Omit<Inspection, "findings">,
  { prices }: Pick<SizingData, "prices">,
): PrepareEstimate {
  const outcome = planSlices(vcfs);
  switch (outcome.kind) {
    case "planned": {
      const { files, sliceCount: slices } = outcome.plan;
      const sliceSeconds = Math.max(1, ...files.map((file) => file.sliceSeconds));
      const uncut = files.flatMap(({ kind, sliceSeconds: alone }, index) =>
        kind === "gzip" ? [{ file: vcfs[index]?.file ?? "", seconds: alone }] : [],
      );
      const seconds = overheadSeconds + Math.ceil(slices / convertConcurrency) * sliceSeconds;
      const readBytes = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const matrixBytes = matrixInput(keptSamples?.count ?? samples, variants.estimate).cuttable.bytes;
      return {
        seconds: times(spread, seconds),
        costParts: {
          lambda: times(spread, lambdaUsd(slices, sliceSeconds, prices)),
          s3: exactly(s3Usd(slices, readBytes, matrixBytes, prices)),
        },
        slices,
        uncut,
      };
    }
    case "too-slow": {
      const hours = (outcome.sliceSeconds / 3600).toFixed(1);
      return none(
        `A plain gzip file cannot be cut, and one Lambda would take ${hours} h for it: compress it with bgzip.`,
      );
    }
    case "too-many-files":
      return none(`${thousands(outcome.files)} files are more than can be prepared at once.`);
  }
}

/** So many Lambdas, each at work for so long. */
export function lambdaUsd(slices: number, sliceSeconds: number, prices: Prices): number {
  return slices * (sliceSeconds * lambdaGb * prices.lambdaGbSecondUsd + prices.lambdaRequestUsd);
}

/** Requests, and the matrix for a month: it stays for later runs of the same data. */
export function s3Usd(slices: number, readBytes: number, matrixBytes: number, prices: Prices): number {
  const gets = slices + readBytes / getBytes;
  return slices * putsPerSlice * prices.s3PutUsd + gets * prices.s3GetUsd + (matrixBytes / 1e9) * prices.s3GbMonthUsd;
}

function none(refusal: string): PrepareEstimate {
  return { seconds: nothing, costParts: {}, slices: 0, uncut: [], refusal };
}
