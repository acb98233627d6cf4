import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BGZF_EOF } from "../../../core/bgzf/block.ts";
import type { Slice, SliceKind, SliceSpan } from "../../../core/matrix/slicePlan.ts";
import { sliceText } from "../../../core/matrix/sliceText.ts";
import type { ByteSource } from "../../../core/study/byteSource.ts";
import { bgzfBlock } from "../bgzf/writeBgzf.ts";
import { type BlockShape, bgzfOf, blockShapes, sourceOf } from "./blockBytes.ts";

interface ReadSlice {
  readonly text: string;
  readonly span: SliceSpan | undefined;
}

async function readSlice(source: ByteSource, slice: Slice): Promise<ReadSlice> {
  const records = sliceText(source, slice);
  let text = "";
  for await (const chunk of records) {
    expect(chunk.text.at(-1)).toBe(10);
    text += Buffer.from(chunk.text).toString("latin1");
  }
  return { text, span: records.span };
}

/** @param startsAtBlock an index says that the cuts are at blocks */
async function readAll(
  bytes: Uint8Array,
  kind: SliceKind,
  cuts: readonly number[],
  startsAtBlock = false,
): Promise<ReadSlice[]> {
  const slices = slicesAt(cuts, bytes.length, kind, startsAtBlock);
  return await Promise.all(slices.map((slice) => readSlice(sourceOf(bytes), slice)));
}

function slicesAt(cuts: readonly number[], byteLength: number, kind: SliceKind, startsAtBlock = false): Slice[] {
  const starts = [0, ...cuts];
  return starts.map((start, index) => {
    return { file: 0, start, end: starts[index + 1] ?? byteLength, kind, ...(startsAtBlock && { startsAtBlock }) };
  });
}

function expectSpansToMeet(slices: readonly ReadSlice[], byteLength: number): void {
  let end = 0;
  for (const { span } of slices) {
    if (span === undefined) continue;
    expect(span.start).toBe(end);
    end = span.end;
  }
  expect(end).toBe(byteLength);
}

const line = fc.string({ unit: fc.constantFrom("0|0\t", "1|0\t", "22\t#", "x"), minLength: 1, maxLength: 60 });
const vcf = fc
  .record({
    header: fc.array(line, { maxLength: 5 }),
    records: fc.array(line, { maxLength: 40 }),
    lineEnd: fc.constantFrom("\n", "\r\n"),
    isEnded: fc.boolean(),
  })
  .map(({ header, records, lineEnd, isEnded }) => {
    const lines = [...header.map((text) => `#${text}`), ...records.map((text) => `2${text}`)];
    const text = lines.map((each) => each + lineEnd).join("");
    return {
      text: Buffer.from(isEnded ? text : text.slice(0, -lineEnd.length)),
      records: records.map((each) => `2${each}\n`).join(""),
    };
  });
const cutShares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const cutsOf = (shares: readonly number[], byteLength: number) =>
  shares.map((share) => Math.floor(share * byteLength)).sort((a, b) => a - b);

describe("a file cut anywhere gives its records once and in order", () => {
  test("as BGZF with blocks of any size", async () => {
    await fc.assert(
      fc.asyncProperty(vcf, blockShapes, cutShares, async ({ text, records }, shapes, shares) => {
        const { bytes } = bgzfOf(text, shapes);
        const slices = await readAll(bytes, "bgzf", cutsOf(shares, bytes.length));
        expect(slices.map((slice) => slice.text).join("")).toBe(records);
        expectSpansToMeet(slices, bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  test("as plain text", async () => {
    await fc.assert(
      fc.asyncProperty(vcf, cutShares, async ({ text, records }, shares) => {
        const slices = await readAll(text, "plain", cutsOf(shares, text.length));
        expect(slices.map((slice) => slice.text).join("")).toBe(records);
        expectSpansToMeet(slices, text.length);
      }),
      { numRuns: 300 },
    );
  });

  test("as gzip of one or many members, in one slice", async () => {
    await fc.assert(
      fc.asyncProperty(vcf, fc.integer({ min: 1, max: 3 }), async ({ text, records }, members) => {
        const step = Math.ceil(text.length / members);
        const parts = Array.from({ length: members }, (_, index) => text.subarray(index * step, (index + 1) * step));
        const bytes = Buffer.concat(parts.map((part) => gzipSync(part)));
        const [slice] = await readAll(bytes, "gzip", []);
        expect(slice).toEqual({ text: records, span: { start: 0, end: bytes.length } });
      }),
    );
  });

  test("at every byte of three short lines", async () => {
    const text = Buffer.from("#h\n1\ta\n22\tb\n3\tc\n");
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const slices = await readAll(text, "plain", [first, second]);
        expect(slices.map((slice) => slice.text).join("")).toBe("1\ta\n22\tb\n3\tc\n");
      }
    }
  });

  test("when a line spans several slices and several reads", async () => {
    const long = `22\t${"0|1\t".repeat(5_000_000)}\n`;
    const text = Buffer.from(`#h\n1\tshort\n${long}2\tshort\n`);
    const slices = await readAll(text, "plain", [100, 9_000_000, 18_000_000]);
    expect(slices.map((slice) => slice.text.length)).toEqual([8 + long.length, 0, 0, 8]);
    expectSpansToMeet(slices, text.length);
  });
});

describe("lines", () => {
  test.each([
    ["a byte order mark before the header is dropped with it", "\u{feff}##a\n#CHROM\n1\tx\n", "1\tx\n"],
    ["a line that starts with # among the records is dropped", "#h\n1\tx\n#y\n2\ty\n", "1\tx\n2\ty\n"],
    ["a # within a record stays", "#h\n1\t#x#\n", "1\t#x#\n"],
    ["CR before LF is dropped, others stay", "#h\r\n1\tx\ry\r\n", "1\tx\ry\n"],
    ["a last line without an end gets one", "#h\n1\tx", "1\tx\n"],
    ["a last line that ends in CR alone loses it", "#h\n1\tx\r", "1\tx\n"],
    ["an empty line stays, for it is no record", "#h\n1\tx\n\n", "1\tx\n\n"],
    ["a header alone gives nothing", "#h\n#CHROM\n", ""],
    ["no bytes give nothing", "", ""],
  ])("%s", async (_, text, expected) => {
    const [slice] = await readAll(Buffer.from(text), "plain", []);
    expect(slice?.text).toBe(expected);
  });
});

const numbered = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `22\t${index}\t${index ** 2}\n`).join(""));
const bgzip: BlockShape = { textBytes: 65_280, level: 6 };

describe("damage ends the text with an error, in every way to cut the file", () => {
  const { bytes, starts } = bgzfOf(numbered, [bgzip]);
  const middle = starts[Math.floor(starts.length / 2)] ?? 0;
  const lastTextBlock = starts.at(-2) ?? 0;

  async function errorsOf(
    damaged: Uint8Array,
    kind: SliceKind,
    cuts: readonly number[],
    startsAtBlock = false,
  ): Promise<unknown[]> {
    const slices = slicesAt(cuts, damaged.length, kind, startsAtBlock);
    const ended = await Promise.allSettled(slices.map((slice) => readSlice(sourceOf(damaged), slice)));
    return ended.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  }

  test.each([
    ["a changed byte of data", flipped(bytes, middle + 300), "corrupt-gzip", middle],
    ["a changed header", flipped(bytes, middle + 2), "corrupt-gzip", middle],
    ["a changed BSIZE", flipped(bytes, middle + 17), "corrupt-gzip", undefined],
    ["a changed ISIZE", flipped(bytes, (starts[starts.indexOf(middle) + 1] ?? 0) - 1), "corrupt-gzip", middle],
    ["an end within a block", bytes.subarray(0, lastTextBlock + 400), "truncated-gzip", lastTextBlock],
    ["an end within a header", bytes.subarray(0, lastTextBlock + 10), "truncated-gzip", lastTextBlock],
    ["no closing block", bytes.subarray(0, -28), "bgzf-eof-missing", bytes.length - 28],
    ["bytes behind the closing block", Buffer.concat([bytes, Buffer.from("garbage")]), undefined, undefined],
  ])("%s", async (_, damaged, code, byteOffset) => {
    const expected = { name: "MatrixError", ...(code && { code }), ...(byteOffset !== undefined && { byteOffset }) };
    expect(await errorsOf(damaged, "bgzf", [])).toMatchObject([expected]);
    for (let cut = 0; cut < damaged.length; cut += Math.floor(damaged.length / 23)) {
      const errors = await errorsOf(damaged, "bgzf", [cut]);
      expect(errors.length, `cut at ${cut}`).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatchObject({ name: "MatrixError" });
    }
  });

  const someStarts = starts.slice(0, -1).filter((_, index) => index % 7 === 0);
  test.each(someStarts)("also where an index names the block at byte %i, and it or another is corrupt", async (cut) => {
    for (const start of starts.slice(0, -1)) {
      const errors = await errorsOf(flipped(bytes, start + 300), "bgzf", [cut], true);
      expect(errors.length, `damage at ${start}`).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatchObject({ code: "corrupt-gzip", byteOffset: start });
    }
  });

  test.each([
    ["a gzip file that ends early", gzipSync(numbered).subarray(0, -500), "truncated-gzip"],
    ["a gzip file that ends within its trailer", gzipSync(numbered).subarray(0, -2), "truncated-gzip"],
    ["a changed byte of a gzip file", flipped(gzipSync(numbered), 5_000), "corrupt-gzip"],
    ["a changed checksum of a gzip file", flipped(gzipSync(numbered), -7), "corrupt-gzip"],
    ["zeros behind a gzip member", Buffer.concat([gzipSync(numbered), Buffer.alloc(50)]), "corrupt-gzip"],
    ["text behind a gzip member", Buffer.concat([gzipSync(numbered), Buffer.from("text")]), "corrupt-gzip"],
  ])("%s", async (_, damaged, code) => {
    expect(await errorsOf(damaged, "gzip", [])).toMatchObject([{ name: "MatrixError", code }]);
  });

  test("a source that gives fewer bytes than it has", async () => {
    const source = { byteLength: 1_000, slice: async () => numbered.subarray(0, 500) };
    const slice: Slice = { file: 0, start: 0, end: 1_000, kind: "plain" };
    await expect(readSlice(source, slice)).rejects.toMatchObject({ code: "short-read", byteOffset: 0 });
  });

  test("a source that fails, with the source's own error", async () => {
    const failing = { byteLength: 1_000, slice: () => Promise.reject(new Error("PreconditionFailed")) };
    for (const kind of ["bgzf", "plain", "gzip"] as const) {
      await expect(readSlice(failing, { file: 0, start: 0, end: 1_000, kind })).rejects.toThrow("PreconditionFailed");
    }
  });
});

describe("reads", () => {
  test("are bounded, follow each other and end soon behind the slice", async () => {
    const text = Buffer.concat(Array.from({ length: 20 }, () => numbered));
    const source = sourceOf(text);
    await readSlice(source, { file: 0, start: 1_000_000, end: 21_000_000, kind: "plain" });
    expect(source.reads).toEqual([
      [1_000_000, 9_388_608],
      [9_388_608, 17_777_216],
      [17_777_216, 21_131_072],
    ]);
  });

  test("are under way while the text of the one before is worked on", async () => {
    const source = sourceOf(Buffer.concat(Array.from({ length: 8 }, () => numbered)));
    const slice: Slice = { file: 0, start: 0, end: source.byteLength, kind: "plain" };
    for await (const chunk of sliceText(source, slice)) {
      expect(chunk.text.length).toBeGreaterThan(0);
      expect(source.reads).toHaveLength(2);
      break;
    }
  });

  test.each([
    ["bgzf", [7_000_000, 8_400_000, 16_900_000]],
    ["plain", [7_000_000, 8_400_000, 16_900_000]],
    ["gzip", []],
  ] as const)("of a large %s file meet within its blocks and lines", async (kind, cuts) => {
    const text = Buffer.concat(Array.from({ length: 6 }, () => numbered));
    const stored: BlockShape[] = [
      { textBytes: 65_280, level: 0 },
      { textBytes: 30_011, level: 0 },
    ];
    const bytes = {
      bgzf: () => bgzfOf(text, stored).bytes,
      plain: () => text,
      gzip: () => gzipSync(text, { level: 0 }),
    };
    const file = bytes[kind]();
    expect(file.length).toBeGreaterThan(2 * 8_388_608);
    const slices = await readAll(file, kind, cuts);
    expect(slices.map((slice) => slice.text).join("") === text.toString()).toBe(true);
    expectSpansToMeet(slices, file.length);
  });

  test("of a slice of a BGZF file are its own bytes, 256 KiB to find its start and the end of its last line", async () => {
    const { bytes } = bgzfOf(numbered, [bgzip]);
    const source = sourceOf(bytes);
    await readSlice(source, { file: 0, start: 400_000, end: 600_000, kind: "bgzf" });
    expect(source.reads).toHaveLength(2);
    expect(source.reads.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(200_000 + 2 * 256 * 1024);
  });

  test("go on if a concatenation closes in its middle", async () => {
    const bytes = Buffer.concat([
      bgzfBlock(Buffer.from("#h\n1\ta\n2"), 6),
      BGZF_EOF,
      bgzfOf(Buffer.from("\tb\n"), [bgzip]).bytes,
    ]);
    const [slice] = await readAll(bytes, "bgzf", []);
    expect(slice?.text).toBe("1\ta\n2\tb\n");
  });
});

describe("where an index names blocks", () => {
  test("a file cut there gives its records once and in order, whether the index is right or not", async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const cuts = fc.array(fc.record({ share, isRight: fc.boolean() }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(vcf, blockShapes, cuts, async ({ text, records }, shapes, named) => {
        const { bytes, starts } = bgzfOf(text, shapes);
        const offsets = named.map(({ share, isRight }) =>
          isRight ? (starts[Math.floor(share * (starts.length - 1))] ?? 0) : Math.floor(share * bytes.length),
        );
        const slices = await readAll(
          bytes,
          "bgzf",
          offsets.sort((a, b) => a - b),
          true,
        );
        expect(slices.map((slice) => slice.text).join("")).toBe(records);
        expectSpansToMeet(slices, bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  test("a whole BGZF file that is stored in a block does not pass for the blocks of the file", async () => {
    const { bytes: stored, starts: storedStarts } = bgzfOf(numbered.subarray(0, 40_000), [
      { textBytes: 1_000, level: 1 },
    ]);
    const outer = bgzfBlock(Buffer.concat([Buffer.from("1\tx\n"), stored]), 0);
    const bytes = Buffer.concat([outer, bgzfOf(numbered, [bgzip]).bytes]);
    const [whole] = await readAll(bytes, "bgzf", []);
    const storedAt = outer.length - 8 - stored.length;
    for (const start of storedStarts) {
      const slices = await readAll(bytes, "bgzf", [storedAt + start], true);
      expect(slices.map(({ text }) => text).join("") === whole?.text).toBe(true);
      expectSpansToMeet(slices, bytes.length);
    }
  });

  test("a slice reads its own bytes at once and searches for nothing", async () => {
    const { bytes, starts } = bgzfOf(numbered, [bgzip]);
    const [start = 0, end = 0] = [starts[10], starts[20]];
    const source = sourceOf(bytes);
    await readSlice(source, { file: 0, start, end, kind: "bgzf", startsAtBlock: true });
    expect(source.reads).toEqual([[start, end + 128 * 1024]]);
  });

  test("a slice that finds none there searches for the next one, at the cost of a read", async () => {
    const { bytes, starts } = bgzfOf(numbered, [bgzip]);
    const source = sourceOf(bytes);
    const { span } = await readSlice(source, {
      file: 0,
      start: 400_001,
      end: 600_000,
      kind: "bgzf",
      startsAtBlock: true,
    });
    expect(span?.start).toBe(starts.find((start) => start >= 400_001));
    expect(source.reads).toHaveLength(3);
  });
});

describe("a line's place in the file", () => {
  const header = `##a\n#CHROM\t${"x".repeat(3_000)}\n`;
  const lines = Array.from({ length: 4_000 }, (_, index) => `22\t${index}\t${"0|1\t".repeat(index % 200)}\n`);
  const text = Buffer.from(header + lines.join(""));

  /** Each line, and where it starts in the file as its chunk says. */
  async function placesOf(bytes: Uint8Array, kind: SliceKind, cuts: readonly number[]): Promise<[string, number][]> {
    const places: [string, number][] = [];
    for (const slice of slicesAt(cuts, bytes.length, kind)) {
      for await (const { text, byteOffsetAt } of sliceText(sourceOf(bytes), slice)) {
        let at = 0;
        for (const line of Buffer.from(text)
          .toString()
          .split(/(?<=\n)/)) {
          places.push([line, byteOffsetAt(at)]);
          at += line.length;
        }
      }
    }
    expect(places.map(([line]) => line)).toEqual(lines);
    return places;
  }

  test("is its first byte in plain text", async () => {
    for (const [line, byteOffset] of await placesOf(text, "plain", [10_000, 500_000]))
      expect(text.toString("latin1", byteOffset, byteOffset + line.length)).toBe(line);
  });

  test("is the start of the block that holds its first byte in BGZF", async () => {
    const shapes: BlockShape[] = [
      { textBytes: 65_280, level: 6 },
      { textBytes: 0, level: 6 },
      { textBytes: 977, level: 1 },
    ];
    const { bytes, starts } = bgzfOf(text, shapes);
    let textOffset = header.length;
    for (const [line, byteOffset] of await placesOf(bytes, "bgzf", [3_000, 20_000])) {
      const start = Math.floor(textOffset / 66_257) * 3 + (textOffset % 66_257 < 65_280 ? 0 : 2);
      expect(byteOffset).toBe(starts[start]);
      textOffset += line.length;
    }
  });

  test("lies in gzip behind the bytes that its text comes from", async () => {
    const bytes = gzipSync(text);
    for (const [, byteOffset] of await placesOf(bytes, "gzip", [])) {
      expect(byteOffset).toBeGreaterThan(0);
      expect(byteOffset).toBeLessThanOrEqual(bytes.length);
    }
  });
});

/** @param at counted from the end if negative */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes);
  const place = at < 0 ? bytes.length + at : at;
  changed[place] = (changed[place] ?? 0) ^ 0xff;
  return changed;
}
