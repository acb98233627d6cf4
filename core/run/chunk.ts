/** What a run's record keeps of a forest that is grown in chunks (forestChunks.ts). */
import type { Stability } from "../report/stability.ts";

/** Trees that one job grows. */
export interface Chunk {
  /** From 1 on. */
  readonly number: number;
  readonly trees: number;
  readonly seed: number;
}

export interface GrownChunk extends Chunk {
  /** Number of the attempt that grew it. */
  readonly attempt: number;
  /** As the engine told them. */
  readonly loadSeconds?: number;
  readonly treeSeconds?: number;
}

/** The ranking of the trees that have grown so far. */
export interface RankingSoFar {
  readonly trees: number;
  /** Variants that one of those trees used. */
  readonly variants: number;
  readonly top: readonly { readonly rank: number; readonly variant: string; readonly importance: number }[];
}

export interface ForestChunks {
  readonly planned: readonly Chunk[];
  /** In order: those whose importances are merged. */
  readonly grown: readonly GrownChunk[];
  /** Absent before the first chunk has been merged. */
  readonly ranking?: RankingSoFar;
  /** How far the order may be trusted; absent before there are two chunks to compare. */
  readonly stability?: Stability;
  /** When the researcher asked to leave it at what has grown, ISO 8601. */
  readonly finishAskedAt?: string;
  /** Why the forest was left at what had grown, in plain words; absent when all of it grew. */
  readonly leftBecause?: string;
}
