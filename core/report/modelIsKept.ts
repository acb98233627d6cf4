import type { Analysis } from "../study/analysis.ts";

/**
 * A tree has fewer splits than samples in its bootstrap (63 % of all), each some 900 bytes: at most 1.1 GB at this limit,
 * which is read as a stream.
 */
const mostSamplesOfAllTrees = 2_000_000;

/** Whether the engine writes its forest down, of which the local false discovery rate takes the splits. */
export function modelIsKept({ localFdr, trees }: Analysis, samples: number): boolean {
  return localFdr === true && trees * samples <= mostSamplesOfAllTrees;
}
