/** Inputs changed at random: inspection never throws, and never reads more than it may. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tbiOf } from "../bgzf/indexBytes.ts";
import { writeBgzf } from "../bgzf/writeBgzf.ts";
import { type Files, inspected, labelsText, vcfText } from "./studyOf.ts";

const MIB = 2 ** 20;
const vcf = Buffer.from(vcfText({ records: 60, meta: ["##contig=<ID=22,length=50818468>"] }));
const labels = labelsText();

type Change = readonly [at: number, kind: "set" | "insert" | "remove" | "cut", bytes: Uint8Array];

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom("set" as const, "insert" as const, "remove" as const, "cut" as const),
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.constantFrom(...["\t", "\n", "\r\n", ",", "./.", "0", "\0", ":"].map((text) => Buffer.from(text))),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

describe("inspection of anything ends with findings or a summary, within its budget", () => {
  test.each([
    ["VCF text", "a.vcf", vcf],
    ["gzip", "a.vcf.gz", gzipSync(vcf)],
    ["BGZF", "a.vcf.gz", Buffer.from(writeBgzf(vcf, 500))],
  ])("%s that was changed, beside a sound index", async (_, name, content) => {
    const index = tbiOf([{ name: "22", records: 60, blocks: [0] }]);
    await fc.assert(
      fc.asyncProperty(changes, async (made) => {
        await expectInspected({ [name]: changed(content, made), "a.vcf.gz.tbi": index, "l.csv": labels });
      }),
      { numRuns: 300 },
    );
  });

  test("text that was changed before it was packed", async () => {
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (made, isGzip) => {
        const text = changed(vcf, made);
        await expectInspected({ "a.vcf.gz": isGzip ? gzipSync(text) : writeBgzf(text, 300), "l.csv": labels });
      }),
      { numRuns: 200 },
    );
  });

  test("large files, beside any index", async () => {
    const large = vcfText({ records: 30_000 });
    const forms = [
      Buffer.from(large),
      Buffer.from(writeBgzf(Buffer.from(large), 65_280).subarray(0)),
      incompressible(),
    ];
    const anyIndex = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => writeBgzf(Buffer.concat([Buffer.from("TBI\x01"), bytes]))),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...forms), changes, anyIndex, async (content, made, index) => {
        await expectInspected({ "a.vcf.gz": changed(content, made), "a.vcf.gz.tbi": index, "l.csv": labels });
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test("headers of any size, and lines of any length", async () => {
    const lines = fc.array(
      fc.tuple(
        fc.constantFrom("##x=", "##INFO=<ID=", "##contig=<ID=", "#CHROM\tPOS", "22\t1\t", ""),
        fc.nat({ max: 3_000_000 }),
      ),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (parts, isGzip) => {
        const text = `##fileformat=VCFv4.2\n${parts.map(([start, length]) => start + "y".repeat(length)).join("\n")}\n`;
        await expectInspected({ "a.vcf.gz": isGzip ? gzipSync(text, { level: 1 }) : text, "l.csv": labels });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

test("a labels table changed at random never gives a sample another label than a row of its name has", async () => {
  const names = ["S1", "S2", "S3", "S4"];
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.stringMatching(/^[S0-4,;\t\n .]{0,4}$/)), {
    minLength: 1,
    maxLength: 5,
  });
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(",", ";", "\t"), edits, async (separator, made) => {
      let table = `sample,label,\nS1,0\nS2,1\nS3,0\nS4,1\n`.replace("label,", "label").replaceAll(",", separator);
      for (const [at, removed, inserted] of made) {
        const place = at % (table.length + 1);
        table = table.slice(0, place) + inserted + table.slice(place + removed);
      }
      const { normalizedLabels } = await inspected({ "a.vcf": vcf, "l.csv": table });
      if (normalizedLabels === undefined) return;
      passed += 1;
      const paired = normalizedLabels
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","));
      expect(paired.map(([name]) => name)).toEqual(names);
      for (const [name = "", label = ""] of paired) expect(labelsOf(table, name)).toContain(Number(label));
    }),
    { numRuns: 1_000 },
  );
  expect(passed).toBeGreaterThan(0);
});

/** The second cells of the rows of that name, whichever separator it is. */
function labelsOf(table: string, name: string): number[] {
  const rows = table.split(/\r\n|\r|\n/).flatMap((line) => [",", ";", "\t"].map((separator) => line.split(separator)));
  const ofName = rows.filter(([first = ""]) => first.trim() === name);
  const differing = new Set(
    ofName.flatMap(([, label]) => (label === undefined || label.trim() === "" ? [] : [Number(label)])),
  );
  return [...differing];
}

async function expectInspected(files: Files): Promise<void> {
  const { inspection } = await inspected(files);
  expect(inspection.findings.length + inspection.vcfs.length).toBeGreaterThan(0);
  // One read more for the labels table.
  expect(inspection.reads).toBeLessThanOrEqual(25);
  expect(inspection.bytesRead).toBeLessThanOrEqual(16 * MIB + labels.length);
  for (const { records } of inspection.vcfs) {
    expect(records.estimate).toBeGreaterThanOrEqual(records.low ?? 0);
    expect(records.estimate).toBeLessThanOrEqual(records.high ?? Number.POSITIVE_INFINITY);
  }
}

function changed(content: Uint8Array, made: readonly Change[]): Buffer {
  return made.reduce<Buffer>((bytes, [at, kind, change]) => {
    const place = at % (bytes.length + 1);
    const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
    if (kind === "cut") return Buffer.from(before);
    return Buffer.concat([
      before,
      kind === "remove" ? Buffer.alloc(0) : change,
      kind === "insert" ? after : after.subarray(change.length),
    ]);
  }, Buffer.from(content));
}

/** BGZF larger than what is read whole. */
function incompressible(): Buffer {
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state.toString(36);
  };
  const lines = Array.from({ length: 40_000 }, (_, index) =>
    [
      "22",
      index + 1,
      ".",
      "A",
      "C",
      ".",
      ".",
      `N=${next()}${next()}${next()}${next()}${next()}${next()}${next()}${next()}${next()}${next()}`,
      "GT",
      "0/1",
      "0/0",
      "1/1",
      "./.",
    ].join("\t"),
  );
  return Buffer.from(writeBgzf(Buffer.from(`${vcfText({ records: 0 })}${lines.join("\n")}\n`)));
}
