/** The lines of a byte stream as offsets, because a string for each line costs more than reading it. */
export interface Lines {
  readonly bytes: Buffer;
  /** Where each line starts, and where the one after the last would: a line ends one byte, its LF, before the next. */
  readonly starts: readonly number[];
}

/** A structural variant may have alleles of a megabase; a file without line ends would take all memory. */
const LONGEST_LINE = 16 * 2 ** 20;

export class LineTooLong extends Error {}

/**
 * Chunks may end anywhere; an empty last line is none, and a last line without LF is given one.
 *
 * @throws LineTooLong at more than 16 MiB
 */
export async function* lineStarts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  /** Of a line whose end has not come; joined once, for to join them at each chunk takes time with the square of the line. */
  let rest: Buffer[] = [];
  let restBytes = 0;
  const keep = (bytes: Uint8Array) => {
    restBytes += bytes.length;
    if (restBytes > LONGEST_LINE) throw new LineTooLong();
    if (bytes.length > 0) rest.push(Buffer.from(bytes));
  };
  for await (const chunk of chunks) {
    if (!chunk.includes(LF)) {
      keep(chunk);
      continue;
    }
    const bytes = restBytes === 0 ? bufferOf(chunk) : Buffer.concat([...rest, chunk]);
    const starts = [0];
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) starts.push(at + 1);
    yield { bytes, starts };
    rest = [];
    restBytes = 0;
    keep(bytes.subarray(starts.at(-1)));
  }
  if (restBytes > 0) yield { bytes: Buffer.concat([...rest, Buffer.from([LF])]), starts: [0, restBytes + 1] };
}

const LF = 0x0a;

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
