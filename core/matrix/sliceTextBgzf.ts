/**
 * The text of a slice of a BGZF file: from the first block behind the slice's start, block by block. Blocks that start
 * before the slice's end are its own.
 */
import { blockAt, hasBgzfEof, inflateBlock, statedTextBytes } from "../bgzf/block.ts";
import { BlockInflater, MAX_RUN_TEXT_BYTES } from "../bgzf/blockInflater.ts";
import { type Read, readAhead } from "../bgzf/readAhead.ts";
import type { ByteSource } from "../study/byteSource.ts";
import { blockStartIn, findBlockStart } from "./blockScan.ts";
import { MatrixError } from "./matrixError.ts";
import type { Slice, SliceSpan } from "./slicePlan.ts";
import type { TextPiece } from "./sliceTextLines.ts";

/** @param onSpan told once the slice's own blocks are read: where the first starts, and the first one behind them */
export async function* bgzfPieces(
  source: ByteSource,
  slice: Slice,
  onSpan: (span: SliceSpan) => void,
): AsyncGenerator<TextPiece> {
  const { start, reads } = (await readsFromNamedBlock(source, slice)) ?? (await readsFromFoundBlock(source, slice));
  if (start >= slice.end) return onSpan({ start, end: start });
  const inflater = new BlockInflater();
  try {
    let isOwn = true;
    for await (const run of blockRuns(reads, source.byteLength, slice.end)) {
      if (isOwn && run.byteOffset >= slice.end) {
        isOwn = false;
        onSpan({ start, end: run.byteOffset });
      }
      yield { text: textOf(run, inflater), isOwn, byteOffsetAt: (textOffset) => blockStartAt(run, textOffset) };
    }
    await checkEnd(source);
    if (isOwn) onSpan({ start, end: source.byteLength });
  } finally {
    inflater.close();
  }
}

interface BlockReads {
  /** Offset of the first block. */
  readonly start: number;
  readonly reads: AsyncIterable<Read>;
}

/** From the slice's start, if an index says that a block starts there, and one does; else undefined. */
async function readsFromNamedBlock(source: ByteSource, slice: Slice): Promise<BlockReads | undefined> {
  const { start, end, startsAtBlock } = slice;
  if (!startsAtBlock || start >= source.byteLength) return undefined;
  const reads = readAhead(source, start, end);
  const first = await reads.next();
  if (!first.done && isBlockStart(first.value, source.byteLength)) {
    return { start, reads: withFirst(first.value, reads) };
  }
  await reads.return(undefined);
  return undefined;
}

async function readsFromFoundBlock(source: ByteSource, slice: Slice): Promise<BlockReads> {
  const start = await findBlockStart(source, slice.start);
  return { start, reads: readAhead(source, start, slice.end) };
}

/**
 * Whether a block starts at the first of these bytes, proved by those that follow it. Only that block lies around the byte
 * behind, so the search from there finds its end or nothing. Damage right before it shows in the slice before.
 */
function isBlockStart({ start, bytes }: Read, byteLength: number): boolean {
  try {
    return blockStartIn(bytes, start, start + 1, byteLength) > start;
  } catch (error) {
    if (error instanceof MatrixError) return false;
    throw error;
  }
}

async function* withFirst(first: Read, rest: AsyncGenerator<Read>): AsyncGenerator<Read> {
  yield first;
  yield* rest;
}

/** Blocks that follow each other, to be inflated at once. */
interface BlockRun {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Sum of the ISIZEs. */
  readonly textBytes: number;
  /** Offset of the first block in the file. */
  readonly byteOffset: number;
}

const MAX_BLOCK_BYTES = 65_536;
/** Header with the BC subfield alone; fewer bytes at the file's end are the beginning of one. */
const HEADER_BYTES = 18;

async function* blockRuns(reads: AsyncIterable<Read>, byteLength: number, ownEnd: number): AsyncGenerator<BlockRun> {
  let rest: Uint8Array = new Uint8Array();
  for await (const read of reads) {
    const bytes = rest.length === 0 ? read.bytes : Buffer.concat([rest, read.bytes]);
    const bytesStart = read.start - rest.length;
    let at = 0;
    for (let run = runAt(bytes, at, bytesStart, ownEnd); run; run = runAt(bytes, at, bytesStart, ownEnd)) {
      yield run;
      at = run.end;
    }
    rest = bytes.subarray(at);
    const mayGoOn = blockAt(rest, 0) !== undefined || rest.length < MAX_BLOCK_BYTES;
    if (!mayGoOn) throw corrupt(bytesStart + at);
  }
  if (rest.length > 0) throw unfinished(rest, byteLength - rest.length);
}

/** As many whole blocks from `at` on as have room, all before `ownEnd` or one behind it; undefined if none is whole. */
function runAt(bytes: Uint8Array, at: number, bytesStart: number, ownEnd: number): BlockRun | undefined {
  let end = at;
  let textBytes = 0;
  for (let block = blockAt(bytes, at); block && block.end <= bytes.length; block = blockAt(bytes, end)) {
    const isBehind = bytesStart + block.start >= ownEnd;
    if (isBehind && end > at) break;
    const blockTextBytes = statedTextBytes(bytes, block);
    if (blockTextBytes === undefined) throw corrupt(bytesStart + block.start);
    if (textBytes + blockTextBytes > MAX_RUN_TEXT_BYTES) break;
    textBytes += blockTextBytes;
    end = block.end;
    if (isBehind) break;
  }
  return end === at ? undefined : { bytes, start: at, end, textBytes, byteOffset: bytesStart + at };
}

/** Offset in the file of the block that holds the byte at `textOffset` of the run's text. */
function blockStartAt({ bytes, start, end, byteOffset }: BlockRun, textOffset: number): number {
  let textEnd = 0;
  for (let block = blockAt(bytes, start); block && block.end <= end; block = blockAt(bytes, block.end)) {
    textEnd += statedTextBytes(bytes, block) ?? 0;
    if (textOffset < textEnd) return byteOffset + block.start - start;
  }
  return byteOffset;
}

function textOf({ bytes, start, end, textBytes, byteOffset }: BlockRun, inflater: BlockInflater): Uint8Array {
  const text = inflater.inflate(bytes, start, end, textBytes);
  if (text) return text;
  for (let block = blockAt(bytes, start); block && block.end <= end; block = blockAt(bytes, block.end)) {
    if (inflateBlock(bytes, block) === undefined) throw corrupt(byteOffset + block.start - start);
  }
  throw corrupt(byteOffset);
}

async function checkEnd(source: ByteSource): Promise<void> {
  const { byteLength } = source;
  if (hasBgzfEof(await source.slice(Math.max(0, byteLength - 28), byteLength))) return;
  throw new MatrixError("bgzf-eof-missing", byteLength, "The empty block that closes a BGZF file is missing");
}

function unfinished(rest: Uint8Array, byteOffset: number): MatrixError {
  if (blockAt(rest, 0) === undefined && rest.length >= HEADER_BYTES) return corrupt(byteOffset);
  return new MatrixError("truncated-gzip", byteOffset, "The file ends within a BGZF block");
}

function corrupt(byteOffset: number): MatrixError {
  return new MatrixError("corrupt-gzip", byteOffset, "A BGZF block is corrupt");
}
