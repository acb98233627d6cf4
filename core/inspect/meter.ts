import type { ByteSource } from "../study/byteSource.ts";

/** Counts the ranged reads and bytes that inspection costs. */
export class ReadMeter {
  reads = 0;
  bytesRead = 0;

  metered(source: ByteSource): ByteSource {
    return {
      byteLength: source.byteLength,
      slice: async (start, end) => {
        const bytes = await source.slice(start, end);
        this.reads += 1;
        this.bytesRead += bytes.length;
        return bytes;
      },
    };
  }
}
