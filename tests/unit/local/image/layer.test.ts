import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header } from "tar-stream";
import { expect, test } from "vitest";
import { jarLayer } from "../../../../local/image/layer.ts";

const jar = Buffer.from("a jar of more than one block of 512 bytes ".repeat(40));

test("the layer holds the jar alone, root's and read-only, in a folder that everybody may enter", async () => {
  expect(await entriesOf(await jarLayer(jar))).toEqual([
    { name: "usr/lib/variantspark/", type: "directory", mode: 0o755, uid: 0, gid: 0, bytes: Buffer.alloc(0) },
    { name: "usr/lib/variantspark/variantspark.jar", type: "file", mode: 0o444, uid: 0, gid: 0, bytes: jar },
  ]);
});

test("the same jar gives the same bytes at another time", async () => {
  const first = await jarLayer(jar);
  await new Promise((resolve) => setTimeout(resolve, 1100)); // a tar's times are in seconds
  expect(Buffer.compare(await jarLayer(jar), first)).toBe(0);
});

async function entriesOf(tar: Buffer) {
  const entries: (Pick<Header, "name" | "type" | "mode" | "uid" | "gid"> & { bytes: Buffer })[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { name, type, mode, uid, gid } = entry.header;
    entries.push({ name, type, mode, uid, gid, bytes: await buffer(entry) });
  }
  return entries;
}
