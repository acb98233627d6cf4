import { blockAt, findBlock, isHeaderCut, statedTextBytes } from "./block.ts";
import { type BlockInflater, inflateRun } from "./blockInflater.ts";

export interface InflatedWindow {
  /** Offsets in the window of the first block used and after the last one. */
  readonly start: number;
  readonly end: number;
  /** Text of the first blocks, until it was enough. */
  readonly pieces: readonly Uint8Array[];
  /** Of all blocks between start and end: those that were not inflated tell it themselves. */
  readonly textBytes: number;
  readonly isInflated: boolean;
  /** cut = the window ends within a block; corrupt = at `end` is no sound block. */
  readonly kind: "whole" | "cut" | "corrupt";
}

/**
 * Walks over the whole blocks of a window cut anywhere out of a BGZF file; undefined if no block starts in it.
 * @param enoughTextBytes no block is inflated behind this much text: 200 KiB may inflate to 190 MiB
 * @param inflater with room for that and a run; the pieces lie in it
 */
export function inflateWindow(
  bytes: Uint8Array,
  enoughTextBytes: number,
  inflater: BlockInflater,
): InflatedWindow | undefined {
  const first = findBlock(bytes, 0);
  if (first === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  let textBytes = 0;
  let end = first.start;
  let isInflated = true;
  const ended = (kind: InflatedWindow["kind"]): InflatedWindow => {
    return { start: first.start, end, pieces, textBytes, isInflated, kind };
  };
  while (end < bytes.length) {
    const block = blockAt(bytes, end);
    if (block === undefined) return ended(isHeaderCut(bytes, end) ? "cut" : "corrupt");
    if (block.end > bytes.length) return ended("cut");
    isInflated = textBytes < enoughTextBytes;
    const run = isInflated ? inflateRun(bytes, block, enoughTextBytes - textBytes, inflater, textBytes) : undefined;
    if (run) pieces.push(run.text);
    const runTextBytes = isInflated ? run?.text.length : statedTextBytes(bytes, block);
    if (runTextBytes === undefined) return ended("corrupt");
    textBytes += runTextBytes;
    end = run?.end ?? block.end;
  }
  return ended("whole");
}
