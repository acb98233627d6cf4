/** What to do differently in the next run, from what this one was seen to use. */
import { counted, thousands } from "../findings/found.ts";
import { isOnAws } from "../sizing/estimate.ts";
import type { OobError } from "../variantspark/driverLog.ts";
import type { RunReport } from "./result.ts";
import { stableFrom } from "./stability.ts";

type Told = Omit<RunReport, "advice">;

/** The smallest nodes on offer have so few cores and so much room for the data: less cannot be had. */
const fewestCores = 4;
const leastCacheBytes = 12e9;

/** In the order of what it saves; empty when nothing speaks for a change. */
export function adviceOf(report: Told): string[] {
  return [
    cacheAdvice(report),
    partitionAdvice(report),
    coreAdvice(report),
    memoryAdvice(report),
    treeAdvice(report),
    chunkAdvice(report),
    predictionAdvice(report),
    significanceAdvice(report),
  ].flatMap((advice) => advice ?? []);
}

function cacheAdvice({ use: { cachedFraction } }: Told): string | undefined {
  if (cachedFraction === null || cachedFraction >= 1) return undefined;
  return `Only ${percent(cachedFraction)} of the data lay in memory at the end; the rest is read again in every pass over it. Choose an option with more memory.`;
}

function partitionAdvice({ configuration: { partitions }, use: { coresPaid } }: Told): string | undefined {
  if (partitions >= coresPaid) return undefined;
  return `The data comes in ${counted(partitions, "partition")}, so ${coresPaid - partitions} of ${coresPaid} cores had nothing to do. Prepare the data: the matrix can be spread over all cores.`;
}

function coreAdvice({ use: { coresPaid, coresBusy }, parameters, configuration }: Told): string | undefined {
  if (coresBusy === null || coresPaid < fewestCores || coresBusy >= 0.5 * coresPaid) return undefined;
  const batch = configuration.batchSize < parameters.trees ? " or grow more trees side by side (batchSize)" : "";
  return `While trees grew, ${coresBusy.toFixed(1)} of ${coresPaid} cores were busy on average. Fewer cores would take little longer and cost less; take a smaller option${batch}.`;
}

function memoryAdvice({ use: { cacheBytes, cachedBytes }, where }: Told): string | undefined {
  if (!isOnAws(where) || cachedBytes === null || cachedBytes >= 0.4 * cacheBytes || cacheBytes < leastCacheBytes)
    return undefined;
  return `The data took ${bytesInWords(cachedBytes)} of the ${bytesInWords(cacheBytes)} that the executors can cache. Machines with less memory for each core would do.`;
}

/** Falling still, or flat for the second half: the difference of two late points against the error's own noise. */
function treeAdvice({ oobErrors, parameters: { trees } }: Told): string | undefined {
  const [last, half] = [oobErrors.at(-1), errorAt(oobErrors, trees / 2)];
  if (last === undefined || half === undefined || oobErrors.length < 4) return undefined;
  if (last.error < 0.9 * half)
    return `The out-of-bag error still fell from ${percent(half)} to ${percent(last.error)} in the second half of the trees: more trees may find more (run.again(trees=${2 * trees})).`;
  return undefined;
}

/** A forest whose first variants were settled before its last chunk. */
function chunkAdvice({ chunks }: Told): string | undefined {
  if (chunks?.stability === undefined) return undefined;
  const grown = chunks.grown.reduce((sum, { trees }) => sum + trees, 0);
  const enough = stableFrom(chunks.stability.history);
  if (enough === undefined || enough >= grown) return undefined;
  return `The first variants were stable from ${thousands(enough)} of ${counted(grown, "tree")} on: ${counted(enough, "tree")} would have done (run.again(trees=${enough})).`;
}

function errorAt(oobErrors: readonly OobError[], trees: number): number | undefined {
  return oobErrors.find((point) => point.trees >= trees)?.error;
}

function predictionAdvice({ seconds: { total } }: Told): string | undefined {
  if (total.actual === null || total.predicted <= 0) return undefined;
  const factor = total.actual / total.predicted;
  if (factor < 2 && factor > 0.5) return undefined;
  return `The run took ${factor.toFixed(1)} times what was predicted; choose by the measured time when you repeat it.`;
}

function significanceAdvice({ significance }: Told): string | undefined {
  if (significance !== undefined) return undefined;
  return "Importances alone do not say which variants are more than chance: ask for the local false discovery rate (run.again(localFdr=True)).";
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 2 : 0)} %`;
}

export function bytesInWords(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const unit = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** unit).toPrecision(unit === 0 ? 6 : 3).replace(/\.0+$/, "")} ${units[unit]}`;
}
