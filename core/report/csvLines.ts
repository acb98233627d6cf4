/** The lines of a byte stream as offsets, because a string for each line costs more than reading it. */
export interface Lines {
  readonly bytes: Buffer;
  /** Where each line starts, and where the one after the last would: a line ends one byte, its LF, before the next. */
  readonly starts: readonly number[];
}

/** Chunks may end anywhere; an empty last line is none, and a last line without LF is given one. */
export async function* lineStarts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? bufferOf(chunk) : Buffer.concat([rest, chunk]);
    const starts = [0];
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) starts.push(at + 1);
    yield { bytes, starts };
    rest = Buffer.from(bytes.subarray(starts.at(-1)));
  }
  if (rest.length > 0) yield { bytes: Buffer.concat([rest, Buffer.from([LF])]), starts: [0, rest.length + 1] };
}

const LF = 0x0a;

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
