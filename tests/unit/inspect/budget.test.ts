import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InspectedStudy } from "../../../core/inspect/inspectStudy.ts";
import { inspectVcf } from "../../../core/inspect/inspectVcf.ts";
import type { ByteSource } from "../../../core/study/byteSource.ts";
import { writeBgzf } from "../bgzf/writeBgzf.ts";
import { type Files, inspected, labelsText, recordLine, vcfText } from "./studyOf.ts";

const MIB = 2 ** 20;
const MAX_READS = 24;
const MAX_BYTES = 16 * MIB;

const labels = labelsText();

describe("a file too large to be read whole", () => {
  const samples = Array.from({ length: 60 }, (_, index) => `S${index}`);
  // Genotypes at random and INFO that doubles half way: neither compression ratio nor line length is that of the beginning.
  const text = largeVcf(samples, 60_000);
  const tableOf = { "labels.csv": labelsText(samples) };

  test.each([
    ["plain text", "a.vcf", text, 0.02],
    ["BGZF", "a.vcf.bgz", writeBgzf(text), 0.02],
    ["gzip", "a.vcf.gz", gzipSync(text), 0.25],
  ])("has its records in %s estimated from a few reads", async (_, name, content, tolerance) => {
    expect(content.length).toBeGreaterThan(3 * MIB);
    const { inspection } = await inspected({ [name]: content, ...tableOf });
    expect(inspection.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(inspection.variants.exact).toBe(false);
    expect(Math.abs(inspection.variants.estimate / 60_000 - 1)).toBeLessThan(tolerance);
    expect(Math.abs((inspection.vcfs[0]?.uncompressedBytes ?? 0) / text.length - 1)).toBeLessThan(tolerance);
    expectWithinBudget(inspection, 2);
  });

  test("gzip of one member has its text's size from the trailer, exactly", async () => {
    const { inspection } = await inspected({ "a.vcf.gz": gzipSync(text), ...tableOf });
    expect(inspection.vcfs[0]?.uncompressedBytes).toBe(text.length);
  });

  test("plain text that is cut within its last record is refused", async () => {
    const { inspection } = await inspected({ "a.vcf": text.subarray(0, -20), ...tableOf });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["vcf-record-columns", "vcf-last-line-unterminated"]);
    expect(inspection.findings[0]?.message).toContain("near its end");
  });

  test("an empty line at its end is found", async () => {
    const { inspection } = await inspected({ "a.vcf": Buffer.concat([text, Buffer.from("\n")]), ...tableOf });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["vcf-blank-line"]);
  });

  test("BGZF that is cut between blocks or within one is refused", async () => {
    const content = writeBgzf(text);
    const codes = async (bytes: Uint8Array) =>
      (await inspected({ "a.vcf.gz": bytes, ...tableOf })).inspection.findings.map(({ code }) => code);
    expect(await codes(content.subarray(0, -28))).toContain("bgzf-eof-missing");
    expect(await codes(content.subarray(0, -5000))).toContain("truncated-gzip");
  });

  test("BGZF whose middle was overwritten is refused with the place", async () => {
    const content = writeBgzf(text).slice();
    content.fill(0, MIB + 100_000, content.length - MIB / 2);
    const { inspection } = await inspected({ "a.vcf.gz": content, ...tableOf });
    const corrupt = inspection.findings.filter(({ code }) => code === "corrupt-gzip");
    expect(corrupt).toHaveLength(1);
    expect(corrupt[0]?.byteOffset).toBeGreaterThan(MIB);
  });

  test("each kind of trouble is reported once, however many windows meet it", async () => {
    const broken = Buffer.from(text.toString().replaceAll("\tGT\t", "\tDP\t"));
    const { inspection } = await inspected({ "a.vcf": broken, ...tableOf });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["vcf-genotypes-missing"]);
  });
});

test("a file of a terabyte costs no more than one of a megabyte", async () => {
  const record = Buffer.from(`${recordLine(1, 4)}\n`);
  const header = Buffer.from(vcfText({ records: 0 }));
  const byteLength = 2 ** 40;
  const source: ByteSource & { reads: number; bytes: number } = {
    byteLength,
    reads: 0,
    bytes: 0,
    async slice(start, end) {
      this.reads += 1;
      this.bytes += end - start;
      return Uint8Array.from({ length: end - start }, (_, index) => {
        const at = start + index;
        return (at < header.length ? header[at] : record[(at - header.length) % record.length]) ?? 0;
      });
    },
  };
  const { summary } = await inspectVcf("a.vcf", { key: "c/a.vcf", size: byteLength, etag: "e" }, source);
  expect((summary?.records.estimate ?? 0) / (byteLength / record.length)).toBeCloseTo(1, 3);
  expect(source.reads).toBeLessThanOrEqual(MAX_READS);
  expect(source.bytes).toBeLessThanOrEqual(MAX_BYTES);
});

test("a record longer than all that is read is extrapolated from its columns", async () => {
  const samples = Array.from({ length: 200_000 }, (_, index) => `${index}`);
  const columnsLine = `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join("\t")}`;
  const record = `22\t1\t.\tA\tC\t.\t.\t.\tGT:X${`\t0/1:${"x".repeat(90)}`.repeat(200_000)}\n`;
  const { inspection } = await inspected({
    "a.vcf": `##fileformat=VCFv4.2\n${columnsLine}\n${record.repeat(3)}`,
    "l.csv": labels,
  });
  expect(inspection.variants).toMatchObject({ estimate: 3, exact: false });
  expectWithinBudget(inspection, 2);
});

test("a small file that inflates to gigabytes is given up in time", async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from(vcfText()), Buffer.alloc(300 * MIB, "x")]), { level: 9 });
  expect(bomb.length).toBeLessThan(MIB);
  const { inspection } = await inspected({ "a.vcf.gz": bomb, "l.csv": labels });
  expect(inspection.variants.exact).toBe(false);
}, 20_000);

describe("properties of VCF inspection", () => {
  const vcf = Buffer.from(vcfText({ records: 40 }));
  const beginnings = [
    Buffer.alloc(0),
    Buffer.from("##fileformat=VCFv4.2\n"),
    vcf,
    gzipSync(vcf),
    Buffer.from(writeBgzf(vcf, 400)),
    Buffer.from([0x1f, 0x8b, 8, 4]),
  ];

  test("any bytes behind any beginning give findings or a summary, never an error, within the budget", async () => {
    const names = fc.constantFrom("a.vcf", "a.vcf.gz", "a.vcf.bgz");
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(),
        async (name, start, rest, cut) => {
          const content = Buffer.concat([start.subarray(0, start.length - (cut % (start.length + 1))), rest]);
          const { inspection } = await inspected({ [name]: content, "l.csv": labels });
          expect(inspection.findings.length + inspection.vcfs.length).toBeGreaterThan(0);
          expectWithinBudget(inspection, 2);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a VCF cut anywhere is refused, or its count is that of the lines still there", async () => {
    const forms: readonly [string, Uint8Array][] = [
      ["a.vcf", vcf],
      ["a.vcf.gz", gzipSync(vcf)],
      ["a.vcf.gz", writeBgzf(vcf, 400)],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...forms),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async ([name, whole], share) => {
          const cut = whole.subarray(0, Math.floor(share * whole.length));
          const { inspection } = await inspected({ [name]: cut, "l.csv": labels });
          const codes = inspection.findings.map(({ code }) => code);
          const isRefused = inspection.findings.some(({ severity }) => severity === "error");
          if (name !== "a.vcf") expect(isRefused).toBe(true);
          if (isRefused) return;
          const lines = Buffer.from(cut)
            .toString()
            .split("\n")
            .filter((line) => line !== "" && !line.startsWith("#"));
          expect(inspection.variants).toEqual({ estimate: lines.length, exact: true });
          expect(codes.includes("vcf-last-line-unterminated")).toBe(cut.at(-1) !== 10);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("how the text is packed changes nothing but the compression", async () => {
    const parts = fc.record({
      records: fc.integer({ min: 1, max: 60 }),
      block: fc.integer({ min: 20, max: 5000 }),
      isCrLf: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ records, block, isCrLf }) => {
        const text = Buffer.from(isCrLf ? vcfText({ records }).replaceAll("\n", "\r\n") : vcfText({ records }));
        const members = [gzipSync(text.subarray(0, block)), gzipSync(text.subarray(block))];
        const files: Files[] = [
          { "a.vcf": text },
          { "a.vcf.gz": Buffer.concat(members) },
          { "a.vcf.bgz": writeBgzf(text, block) },
        ];
        for (const file of files) {
          const { inspection } = await inspected({ ...file, "l.csv": labels });
          expect(inspection.variants).toEqual({ estimate: records, exact: true });
          expect(inspection.vcfs[0]).toMatchObject({ sampleCount: 4, headerLines: 2, uncompressedBytes: text.length });
        }
      }),
    );
  });
});

/** @param files of which each VCF has the budget, and the labels table one read */
function expectWithinBudget({ reads, bytesRead }: InspectedStudy["inspection"], files: number): void {
  expect(reads).toBeLessThanOrEqual(MAX_READS * (files - 1) + 1);
  expect(bytesRead).toBeLessThanOrEqual(MAX_BYTES * files);
}

function largeVcf(samples: readonly string[], records: number): Buffer {
  const lines = [vcfText({ samples, records: 0 }).trimEnd()];
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  for (let index = 0; index < records; index += 1) {
    const genotypes = samples.map(() => ["0|0", "0|1", "1|0", "1|1"][next() % 4]);
    const info = `AC=${next()}${index > records / 2 ? `;AF=${next()};NOTE=${next().toString(36).repeat(10)}` : ""}`;
    lines.push(["22", 1000 + index, `rs${next()}`, "A", "C", ".", "PASS", info, "GT", ...genotypes].join("\t"));
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}
