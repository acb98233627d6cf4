import type { PlacedText } from "../../../core/matrix/sliceTextLines.ts";

/** Text as it lies in a plain file from `byteOffset` on. */
export function placed(text: string | Uint8Array, byteOffset = 0): PlacedText {
  return { text: Buffer.from(text), byteOffsetAt: (textOffset) => byteOffset + textOffset };
}
