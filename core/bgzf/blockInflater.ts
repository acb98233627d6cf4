/**
 * Inflates runs of whole BGZF blocks into one buffer that is used again and again. zlib's gunzip takes many members in
 * one call and checks CRC32 and ISIZE of each.
 *
 * The odd part: `gunzipSync` makes a stream object and a buffer per call, which costs as much as a third of the work
 * (1,470 against 2,370 MB of text per CPU second on a 1000-Genomes-shaped VCF, Node 24.21). The stream's own handle
 * writes into a buffer given to it, without either. It is not documented, though long stable (pngjs and minizlib rest on
 * it), so it is used only if it looks as expected, and `gunzipSync` gives the same text otherwise.
 */

import { constants, createGunzip, type Gunzip, gunzipSync } from "node:zlib";
import { type BgzfBlock, blockAt, inflateBlock, statedTextBytes } from "./block.ts";

/** Room for text; a run must not hold more. Small enough for a core's cache (measured: 4 MiB is no faster). */
export const MAX_RUN_TEXT_BYTES = 2 ** 20;

export class BlockInflater {
  readonly #gunzip = createGunzip();
  readonly #text: Buffer;
  readonly #handle: SyncHandle | undefined;
  #failed = false;

  /**
   * @param roomBytes for the text of several runs, at least that of one
   * @param wantsHandle false = only what Node documents
   */
  constructor(roomBytes = MAX_RUN_TEXT_BYTES, wantsHandle = true) {
    this.#text = Buffer.allocUnsafeSlow(roomBytes + 1);
    this.#handle = wantsHandle ? syncHandleOf(this.#gunzip) : undefined;
    if (this.#handle) {
      this.#handle.onerror = () => {
        this.#failed = true;
      };
    }
  }

  /**
   * The text of the blocks in [start, end) of `bytes`, whose ISIZEs sum up to `textBytes`; undefined if one of them is
   * not sound. Without the handle the text is new; with it, valid until another is put in its place.
   * @param at offset in the room
   */
  inflate(bytes: Uint8Array, start: number, end: number, textBytes: number, at = 0): Buffer | undefined {
    if (this.#handle === undefined) return gunzipped(bytes.subarray(start, end), textBytes);
    // One byte more than there should be: a text that is longer than told shows, and zlib never stops for want of room.
    this.#handle.writeSync(constants.Z_FINISH, bytes, start, end - start, this.#text, at, textBytes + 1);
    const [unusedRoom, unreadBytes] = this.#handle.state;
    if (this.#failed || unusedRoom !== 1 || unreadBytes !== 0) return undefined;
    this.#handle.reset();
    return this.#text.subarray(at, at + textBytes);
  }

  close(): void {
    this.#gunzip.close();
  }
}

interface InflatedRun {
  /** In the inflater's room. */
  readonly text: Uint8Array;
  readonly end: number;
  readonly blocks: number;
}

/**
 * Many blocks at once, for a call to zlib each takes longer than its inflating; where they are not all sound, the first one alone.
 * @param enoughTextBytes at least so much text, if there are blocks for it in a run
 * @param at offset in the inflater's room
 */
export function inflateRun(
  bytes: Uint8Array,
  first: BgzfBlock,
  enoughTextBytes: number,
  inflater: BlockInflater,
  at = 0,
): InflatedRun | undefined {
  let textBytes = 0;
  let end = first.start;
  let blocks = 0;
  for (let block: BgzfBlock | undefined = first; block && block.end <= bytes.length; block = blockAt(bytes, end)) {
    const blockTextBytes = statedTextBytes(bytes, block);
    if (blockTextBytes === undefined || textBytes + blockTextBytes > MAX_RUN_TEXT_BYTES) break;
    textBytes += blockTextBytes;
    end = block.end;
    blocks += 1;
    if (textBytes >= enoughTextBytes) break;
  }
  const text = blocks > 1 ? inflater.inflate(bytes, first.start, end, textBytes, at) : undefined;
  if (text) return { text, end, blocks };
  const alone = inflateBlock(bytes, first);
  return alone && { text: alone, end: first.end, blocks: 1 };
}

interface SyncHandle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputBytes: number,
    output: Uint8Array,
    outputOffset: number,
    outputBytes: number,
  ): void;
  reset(): void;
  /** Room left in the output and bytes left of the input after a write. */
  readonly state: Uint32Array;
}

function syncHandleOf(gunzip: Gunzip): SyncHandle | undefined {
  const { _handle: handle, _writeState: state } = gunzip as unknown as {
    _handle?: Partial<SyncHandle>;
    _writeState?: unknown;
  };
  if (!(state instanceof Uint32Array) || state.length < 2) return undefined;
  if (typeof handle?.writeSync !== "function" || typeof handle.reset !== "function") return undefined;
  return Object.assign(handle as SyncHandle, { state });
}

function gunzipped(blocks: Uint8Array, textBytes: number): Buffer | undefined {
  const chunkSize = Math.max(textBytes, constants.Z_MIN_CHUNK);
  try {
    const options = { chunkSize, maxOutputLength: Math.max(textBytes, 1), info: true };
    // With `info` it returns the stream too (documented, but not in its types).
    const { buffer, engine } = gunzipSync(blocks, options) as unknown as { buffer: Buffer; engine: Gunzip };
    return buffer.length === textBytes && engine.bytesWritten === blocks.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}
