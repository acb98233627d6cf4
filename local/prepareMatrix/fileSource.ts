import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource } from "../../core/study/byteSource.ts";

/** Bytes of an open file. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** @param onRead told how many bytes each read brought */
export async function openFile(path: string, onRead: (bytes: number) => void = () => {}): Promise<FileSource> {
  const handle = await open(path);
  const { size: byteLength } = await handle.stat();
  return {
    byteLength,
    async slice(start, end) {
      const bytes = await readRange(handle, start, Math.min(end, byteLength));
      onRead(bytes.length);
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** Fewer bytes only if the file ends before; one read gives at most 2 GiB, and may give less than it was asked for. */
async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, end - start));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
