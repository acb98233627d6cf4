/** What preparing takes: Lambdas side by side convert slices of the VCFs, then the matrix is sealed. */
import type { Inspection } from "../inspect/inspection.ts";
import { planSlices } from "../matrix/slicePlan.ts";
import type { SizingData } from "./sizingData.ts";

export interface PrepareEstimate {
  readonly seconds: number;
  readonly usd: number;
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

export function estimatePrepare(
  { vcfs }: Pick<Inspection, "vcfs">,
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
      return { seconds, usd: slices * sliceSeconds * lambdaGb * prices.lambdaGbSecondUsd, slices, uncut };
    }
    case "too-slow": {
      const hours = (outcome.sliceSeconds / 3600).toFixed(1);
      return none(
        `A plain gzip file cannot be cut, and one Lambda would take ${hours} h for it: compress it with bgzip.`,
      );
    }
    case "too-many-files":
      return none(`${outcome.files.toLocaleString("en-US")} files are more than can be prepared at once.`);
  }
}

function none(refusal: string): PrepareEstimate {
  return { seconds: 0, usd: 0, slices: 0, uncut: [], refusal };
}
