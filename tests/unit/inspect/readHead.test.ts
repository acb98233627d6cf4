import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readHead } from "../../../core/inspect/readHead.ts";
import { writeBgzf } from "../bgzf/writeBgzf.ts";
import { recordLine, vcfText } from "./studyOf.ts";

/** Names that gzip cannot make much shorter, so that several reads are needed of each form. */
const contigs = Array.from({ length: 60_000 }, (_, index) =>
  createHash("sha256").update(`${index}`).digest("base64url"),
);
const [fileFormat = "", ...rest] = vcfText({ records: 0 }).split("\n");
const header = [fileFormat, ...contigs.map((id) => `##contig=<ID=${id},length=1000>`), ...rest].join("\n");
const records = Array.from({ length: 40_000 }, (_, index) => recordLine(index + 1, 4));
const text = Buffer.from(`${header}${records.join("\n")}\n`);

test.each([
  ["plain text", text],
  ["gzip", gzipSync(text)],
  ["BGZF", writeBgzf(text)],
])("a header that several reads of %s bring is read once, line by line", async (_, bytes) => {
  const slice = async (start: number, end: number) => bytes.subarray(start, end);
  const { reads, scanned, textStart } = await readHead({ byteLength: bytes.length, slice });
  expect(reads).toBeGreaterThan(1);
  expect(scanned.headerLines).toBe(header.split("\n").length - 1);
  const names = scanned.contigs.map(({ name }) => name).slice(-contigs.length);
  expect(names.findIndex((name, index) => name !== contigs[index])).toBe(-1); // toEqual would take minutes to say how they differ
  expect(scanned.columnsLine).toMatch(/^#CHROM\t/);
  expect(scanned.records).toBeGreaterThan(0);
  expect(scanned.troubles).toEqual([]);
  expect(Buffer.from(textStart)).toEqual(text.subarray(0, 1024));
});
