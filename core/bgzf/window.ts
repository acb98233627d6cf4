import { blockAt, findBlock, inflateBlock, isHeaderCut } from "./block.ts";

export interface InflatedWindow {
  /** Offsets in the window of the first block used and after the last one. */
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly Uint8Array[];
  /** cut = the window ends within a block; corrupt = at `end` is no sound block; stopped = enough text. */
  readonly kind: "whole" | "cut" | "corrupt" | "stopped";
}

/** Text taken from one window; a window of 192 KiB could otherwise inflate to 190 MiB. */
const MAX_TEXT_BYTES = 16 * 2 ** 20;

/** Inflates the whole blocks of a window cut anywhere out of a BGZF file; undefined if no block starts in it. */
export function inflateWindow(bytes: Uint8Array): InflatedWindow | undefined {
  const first = findBlock(bytes, 0);
  if (first === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  let textBytes = 0;
  let end = first.start;
  const ended = (kind: InflatedWindow["kind"]): InflatedWindow => ({ start: first.start, end, pieces, kind });
  while (end < bytes.length) {
    const block = blockAt(bytes, end);
    if (block === undefined) return ended(isHeaderCut(bytes, end) ? "cut" : "corrupt");
    if (block.end > bytes.length) return ended("cut");
    const text = inflateBlock(bytes, block);
    if (text === undefined) return ended("corrupt");
    pieces.push(text);
    textBytes += text.length;
    end = block.end;
    if (textBytes >= MAX_TEXT_BYTES) return ended("stopped");
  }
  return ended("whole");
}
