import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter } from "../../../core/vcf/lines.ts";
import { VcfScan, type VcfScanned } from "../../../core/vcf/scan.ts";

const columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2";
const record = "22\t5\t.\tA\tC\t.\t.\t.\tGT\t0|1\t1|1";

function scanned(text: string, cuts: readonly number[] = []): VcfScanned {
  const bytes = Buffer.from(text);
  const scan = new VcfScan();
  let start = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    scan.push(bytes.subarray(start, cut));
    start = cut;
  }
  scan.finish();
  return scan.result();
}

describe("scanning VCF text", () => {
  test("gives the facts of header and records", () => {
    const text = `##source=x\n##fileformat=VCFv4.1\n##contig=<ID=22,length=9>\n${columns}\n${record}\n${record.replace("5", "6")}\n`;
    expect(scanned(text)).toEqual({
      contigs: [{ name: "22", length: 9 }],
      tally: expect.objectContaining({ spans: [{ contig: "22", firstPos: 5, lastPos: 6 }] }),
      fileFormat: "VCFv4.1",
      columnsLine: columns,
      headerLines: 4,
      strayLine: undefined,
      metaTrouble: undefined,
      records: 2,
      recordBytes: 2 * (record.length + 1),
      troubles: [],
      textBytes: text.length,
      pendingBytes: 0,
      pendingColumns: 1,
      isUnterminated: false,
    });
  });

  test.each([
    ["an empty line in the header", `##fileformat=VCFv4.1\n\n${columns}\n`, { line: 2, isBlank: true }],
    ["a record without header", `${record}\n`, { line: 1, isBlank: false }],
  ])("stops at %s", (_, text, strayLine) => {
    expect(scanned(text).strayLine).toEqual(strayLine);
    expect(new VcfScan().push(Buffer.from(text))).toBe(false);
  });

  test("keeps the first trouble of each kind, with its line", () => {
    const short = record.slice(0, -4);
    const { troubles } = scanned(`${columns}\n${record}\n${short}\n\n${short}\n${record.replace("GT", "DP:GT")}\n`);
    expect(troubles).toEqual([
      { kind: "columns", line: 3, columns: 10 },
      { kind: "blank", line: 4, columns: 0 },
      { kind: "genotypes-not-first", line: 6, columns: 11 },
    ]);
  });

  test("a line that is not complete yet is told by its columns", () => {
    const scan = new VcfScan();
    scan.push(Buffer.from(`${columns}\n22\t5\t.\tA`));
    expect(scan.isSettled).toBe(false);
    expect(scan.result()).toMatchObject({ records: 0, pendingBytes: 8, pendingColumns: 4 });
  });

  test("text may come in a buffer that is used again", () => {
    const text = `##fileformat=VCFv4.2\n${columns}\n${record}\n${record}\n`;
    const scan = new VcfScan();
    const room = Buffer.alloc(7);
    for (let at = 0; at < text.length; at += room.length)
      scan.push(room.subarray(0, room.write(text.slice(at, at + room.length))));
    expect(scan.result()).toMatchObject({ ...scanned(text), tally: expect.anything(), troubles: expect.any(Array) });
    expect(scan.result().troubles.map(({ kind }) => kind)).toEqual(["duplicate"]);
  });

  test("text that comes in pieces gives what it gives in one piece", () => {
    const lines = fc.array(fc.constantFrom(record, record.slice(0, -4), "", "#x", `${record}\r`, "é\t日本"), {
      maxLength: 8,
    });
    const cuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 12 });
    fc.assert(
      fc.property(lines, cuts, fc.boolean(), (body, at, isTerminated) => {
        const text = `##fileformat=VCFv4.2\n${columns}\n${body.join("\n")}${isTerminated ? "\n" : ""}`;
        expect(scanned(text, at)).toEqual(scanned(text));
      }),
    );
  });
});

test("lines in pieces are the lines of the whole", () => {
  const pieces = fc.array(fc.stringMatching(/^[a\r\n]{0,6}$/), { maxLength: 10 });
  fc.assert(
    fc.property(pieces, (texts) => {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      let bytes = 0;
      for (const text of texts) {
        splitter.push(Buffer.from(text), (line, lineBytes) => {
          lines.push(Buffer.from(line).toString());
          bytes += lineBytes;
        });
      }
      const whole = texts.join("");
      const expected = whole.split("\n").slice(0, -1);
      expect(lines).toEqual(expected.map((line) => line.replace(/\r$/, "")));
      expect(bytes + splitter.pendingBytes).toBe(whole.length);
    }),
  );
});
