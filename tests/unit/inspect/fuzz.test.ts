/** Inputs changed at random: inspection never throws, and never reads more than it may. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableHeader } from "../../../core/labels/table.ts";
import { gziOf, tbiOf } from "../bgzf/indexBytes.ts";
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
    const anyGzi = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.nat({ max: 10_000_000 }), { maxLength: 4 }).map((starts) => gziOf(starts)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...forms), changes, anyIndex, anyGzi, async (content, made, index, gzi) => {
        const files = { "a.vcf.gz": changed(content, made), "l.csv": labels };
        await expectInspected({ ...files, "a.vcf.gz.tbi": index, "a.vcf.gz.gzi": gzi });
        await expectInspected({ ...files, "a.vcf.gz.gzi": gzi });
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

test("a labels table changed at random passes with the labels of its own rows or not at all, and never where rows differ", async () => {
  const edit = fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.stringMatching(/^[S0-4,;\t\n .]{0,4}$/));
  const row = fc.tuple(fc.constantFrom("S1", " S2", "S3 ", "S4", "S5"), fc.constantFrom("0", "1", "1.0", "", "NA"));
  const changesOfTable = fc.record({
    separator: fc.constantFrom(",", ";", "\t"),
    rows: fc.array(row, { maxLength: 2 }),
    edits: fc.array(edit, { maxLength: 4 }),
    onlyLabelled: fc.boolean(),
  });
  const met = { passed: 0, changed: 0, conflicts: 0 };
  await fc.assert(
    fc.asyncProperty(changesOfTable, async ({ separator, rows, edits, onlyLabelled }) => {
      const lines = [["sample", "label"], ["S1", "0"], ["S2", "1"], ["S3", "0"], ["S4", "1"], ...rows];
      const sound = lines.map((cells) => `${cells.join(separator)}\n`).join("");
      const table = edits.reduce((text, [at, removed, inserted]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + inserted + text.slice(place + removed);
      }, sound);
      const { inspection, normalizedLabels } = await inspected(
        { "a.vcf": vcf, "l.csv": table },
        { filters: { onlyLabelled } },
      );
      const labelsBySample = labelsOf(table);
      if (labelsBySample.some(([, texts]) => texts.size > 1)) {
        met.conflicts += 1;
        expect(inspection.findings.map(({ severity }) => severity)).toContain("error");
        expect(normalizedLabels).toBeUndefined();
      }
      if (normalizedLabels === undefined) return;
      met.passed += 1;
      met.changed += Number(table !== sound);
      const own = labelsBySample.map(([sample, texts]) => [sample, [...texts].join()] as const);
      const kept = onlyLabelled ? own.filter(([, label]) => !/^(NA|\.)?$/.test(label)) : own;
      expect(normalizedLabels).toBe(
        `sample,label\n${kept.map(([sample, label]) => `${sample},${label === "" ? "none" : Number(label)}\n`).join("")}`,
      );
    }),
    { numRuns: 4_000 },
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(100);
});

/** What stands beside each sample of the VCF, in its order, taken apart without the parser that is tested; edits make no quotes. */
function labelsOf(table: string): (readonly [sample: string, labels: ReadonlySet<string>])[] {
  const separator = tableHeader(table)?.separator ?? ",";
  const [, ...rows] = table
    .split(/\r\n|\r|\n/)
    .map((line) => line.split(separator).map((cell) => cell.trim()))
    .filter((cells) => cells.some((cell) => cell !== ""));
  return ["S1", "S2", "S3", "S4"].map((sample) => {
    const ofSample = rows.filter(([first]) => first === sample);
    return [sample, new Set(ofSample.map(([, label = ""]) => label))];
  });
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
