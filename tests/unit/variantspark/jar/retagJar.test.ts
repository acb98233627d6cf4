import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { ZipFile } from "yazl";
import { parseClassFile } from "../../../../core/variantspark/jar/classFile.ts";
import { readJar } from "../../../../core/variantspark/jar/jarArchive.ts";
import { retagJar } from "../../../../core/variantspark/jar/retagJar.ts";
import { classWithHandle, interfaceFile } from "./classFileBytes.ts";

test.each([
  { case: "a static handle to a method of an interface of the jar", retagged: 1 },
  { case: "a special handle to one", kind: 7, retagged: 1 },
  { case: "an entry that three handles share, once", handles: 3, retagged: 1 },
  { case: "no handle to a class", owner: "a/Class", retagged: 0 },
  { case: "no handle to an interface outside of the jar", owner: "java/util/List", retagged: 0 },
  { case: "no virtual handle, which must stay a Methodref", kind: 5, retagged: 0 },
  { case: "no constructor handle, which must stay a Methodref", kind: 8, retagged: 0 },
  { case: "no handle of a class file older than Java 8", majorVersion: 51, retagged: 0 },
  { case: "no handle that is right", reference: "InterfaceMethodref" as const, retagged: 0 },
  { case: "no handle of a field", kind: 1, reference: "Fieldref" as const, retagged: 0 },
])("retags $case", async ({ case: _, retagged, owner = "a/Interface", ...handle }) => {
  const user = classWithHandle({ name: "a/Class", owner, ...handle });
  const result = await retagJar(
    await jarOf({ "a/Class.class": user, "a/Interface.class": interfaceFile("a/Interface") }),
  );
  expect(result.retagged).toBe(retagged);
  const after = (await readJar(result.jar))[0]?.content() ?? new Uint8Array();
  const changed = [...user.keys()].filter((at) => user[at] !== after[at]);
  expect(changed).toEqual(retagged ? [parseClassFile(user).methodHandles[0]?.referenceTagOffset] : []);
});

const jarFiles = {
  "META-INF/MANIFEST.MF": Buffer.from("Manifest-Version: 1.0\n"),
  "a/": undefined,
  "a/Class.class": classWithHandle({ name: "a/Class", owner: "a/Interface" }),
  "a/Interface.class": interfaceFile("a/Interface"),
  "reference.conf": Buffer.from("a = 1\n".repeat(100)),
};

test.each([
  { case: "sizes in the local headers", streamed: false, compress: true },
  { case: "sizes in data descriptors", streamed: true, compress: true },
  { case: "stored entries", streamed: false, compress: false },
  { case: "stored entries with data descriptors", streamed: true, compress: false },
])("keeps everything else of a jar with $case", async ({ streamed, compress }) => {
  const before = await jarOf(jarFiles, { streamed, compress });
  const { jar, retagged } = await retagJar(before);
  expect(retagged).toBe(1);
  expect(await directory(jar)).toEqual(await directory(before));
  const contents = async (bytes: Uint8Array) =>
    (await readJar(bytes)).filter(({ name }) => name !== "a/Class.class").map((entry) => Buffer.from(entry.content()));
  expect(await contents(jar)).toEqual(await contents(before));
});

test("gives back the very jar when there is nothing to retag, as after retagging", async () => {
  const { jar } = await retagJar(await jarOf(jarFiles));
  expect(await retagJar(jar)).toEqual({ jar, retagged: 0 });
});

test.each([
  ["an empty file", () => new Uint8Array(), /^not a jar: /],
  ["a PNG", () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /^not a jar: /],
  ["a jar whose end is cut off", async () => (await jarOf(jarFiles)).subarray(0, -30), /^not a jar: /],
  [
    "a jar with a damaged class",
    async () => (await jarOf({ "a/B.class": interfaceFile("a/B") }, { compress: false })).with(50, 7),
    /check sum of a\/B\.class/,
  ],
  [
    "a jar with a cut class",
    () => jarOf({ "a/B.class": interfaceFile("a/B").subarray(0, -5) }),
    /^a\/B.class: the class file is cut off/,
  ],
])("refuses %s and says why", async (_, jar, message) => {
  await expect(retagJar(await jar())).rejects.toThrow(message);
});

interface Packing {
  readonly streamed?: boolean;
  readonly compress?: boolean;
}

async function jarOf(files: Record<string, Uint8Array | undefined>, packing: Packing = {}): Promise<Uint8Array> {
  const { streamed = false, compress = true } = packing;
  const zip = new ZipFile();
  const mtime = new Date(2025, 9, 3, 7, 54, 20);
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) zip.addEmptyDirectory(name, { mtime });
    else if (streamed) zip.addReadStream(readableOf(content), name, { mtime, compress });
    else zip.addBuffer(Buffer.from(content), name, { mtime, compress, mode: 0o644 });
  }
  zip.end({ forceZip64Format: false, comment: "made by a test" });
  return await buffer(zip.outputStream);
}

function readableOf(content: Uint8Array): NodeJS.ReadableStream {
  const stream = new PassThrough();
  stream.end(content);
  return stream;
}

/** What the central directory says of each entry, but for what a changed content changes. */
async function directory(jar: Uint8Array) {
  const zip = await fromBufferPromise(Buffer.from(jar), { lazyEntries: true });
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    const { compressedSize: _, crc32: __, relativeOffsetOfLocalHeader: ___, ...kept } = entry;
    entries.push(kept);
  }
  return { comment: zip.comment, entries };
}
