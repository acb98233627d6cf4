import type { TextSample } from "./estimate.ts";
import { LineSplitter } from "./lines.ts";
import { type RecordTrouble, recordTroubles } from "./records.ts";
import type { RecordTally } from "./recordTally.ts";

export interface SampledText extends TextSample {
  /** First trouble of each kind among the whole lines. */
  readonly troubles: readonly Omit<RecordTrouble, "line">[];
  /** The text ends within a line. */
  readonly isUnterminated: boolean;
}

const HASH = 35;
/** Lines that are no records; one is an error already, and windows full of the shortest ones would take seconds. */
const MOST_STRAY_LINES = 10_000;
/** Records in so much text from the start of a window, and to its end at the file's end, are looked into; of the others only lengths count. */
const CHECKED_TEXT_BYTES = 640 * 2 ** 10;

/**
 * Measures the lines of text cut out of a VCF behind its header. The first line is left out, for its beginning may be missing.
 * @param pieces all of the text that was cut out, or the first of it
 * @param tally takes the records that are sound
 * @param isTail the text goes on to the end of the file, so that its last line is whole even without a line end
 */
export function sampleText(
  pieces: readonly Uint8Array[],
  { compressedBytes, textBytes }: Pick<TextSample, "compressedBytes" | "textBytes">,
  headerColumns: number,
  tally: RecordTally,
  isTail: boolean,
): SampledText {
  const splitter = new LineSplitter();
  let seen = 0;
  let strays = 0;
  let offset = 0;
  let lines = 0;
  let lineBytes = 0;
  const troubles = new Map<string, Omit<RecordTrouble, "line">>();
  tally.nextPart();
  const takeLine = (line: Uint8Array, bytes: number) => {
    seen += 1;
    if (line[0] === HASH) strays += 1;
    const isAtStart = offset < CHECKED_TEXT_BYTES;
    offset += bytes;
    const isChecked = isAtStart || (isTail && textBytes - offset < CHECKED_TEXT_BYTES);
    if (seen === 1 || line[0] === HASH) return;
    if (line.length > 0) {
      lines += 1;
      lineBytes += bytes;
    }
    if (!isChecked) return;
    const found = recordTroubles(line, headerColumns, tally);
    if (found.some(({ kind }) => kind === "blank" || kind === "columns")) strays += 1;
    for (const trouble of found) if (!troubles.has(trouble.kind)) troubles.set(trouble.kind, trouble);
  };
  for (const piece of pieces) if (strays <= MOST_STRAY_LINES) splitter.push(piece, takeLine);
  const isUnterminated = splitter.pendingBytes > 0 && strays <= MOST_STRAY_LINES;
  if (isTail && isUnterminated) {
    const line = splitter.takePending();
    takeLine(line, line.length);
  }
  return { compressedBytes, textBytes, lines, lineBytes, troubles: [...troubles.values()], isUnterminated };
}
