/** What inspection says of a study: never more than three names of samples at once, and no genotype. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isGenotype, quoted } from "../../../core/findings/found.ts";
import { codesOf, inspected, vcfText } from "./studyOf.ts";

const MOST_NAMES = 3;
const GENOTYPE = /(?<![A-Za-z0-9.])(\d|\.)[/|](\d|\.)/;

interface Case {
  readonly samples: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly analysis: Parameters<typeof inspected>[1];
}

const genotype = fc.constantFrom("0|1", "0/1", "1/1", "./.", "1|0", "0/1:12:99", " 0|0 ");

/** Tables of cells that fit the study, and of cells that do not: tidy, transposed, samples by samples, and anything. */
const cases = fc
  .uniqueArray(fc.integer({ min: 0, max: 999_999 }), { minLength: 4, maxLength: 30 })
  .map((numbers) => numbers.map((number) => `NA${String(number).padStart(6, "0")}`))
  .chain((samples) => fc.boolean().chain((isReadable) => caseOf(samples, isReadable)));

/** @param isReadable whether the VCF's header tells the samples; cells of several names are only known by them */
function caseOf(samples: readonly string[], isReadable: boolean): fc.Arbitrary<Case> {
  const name = fc.constantFrom(...samples);
  const several = fc
    .tuple(
      fc.array(fc.oneof(name, genotype), { minLength: 2, maxLength: 8 }),
      fc.constantFrom(" ", "|", ";", ", ", "_"),
    )
    .map(([names, separator]) => names.join(separator));
  const toolsName = fc.tuple(name, fc.constantFrom(".GT", ":GT", "_2")).map(([text, end]) => `[5]${text}${end}`);
  const odd = isReadable ? fc.oneof(genotype, name, several, toolsName) : fc.oneof(genotype, name);
  const word = fc.constantFrom("sample", "label", "status", "sex", "age", "", "case", "control", "0.5", "x");
  const digit = fc.constantFrom("0", "1", "2");
  const cell = fc.oneof(digit, word, odd);

  const wide = fc.integer({ min: 1, max: 30 }).chain((width) => {
    const row = fc.array(cell, { minLength: width, maxLength: width });
    return fc.array(row, { minLength: 1, maxLength: 6 });
  });
  const columns = fc.uniqueArray(fc.oneof(word, odd), { minLength: 1, maxLength: 25 });
  const value = fc.oneof({ weight: 8, arbitrary: digit }, { weight: 1, arbitrary: cell });
  const rowsOf = (rows: readonly string[], header: readonly string[], values: fc.Arbitrary<string>) =>
    fc
      .tuple(
        ...rows.map((first) =>
          fc.array(values, { minLength: header.length, maxLength: header.length }).map((cells) => [first, ...cells]),
        ),
      )
      .map((lines) => [["sample", ...header], ...lines]);
  const tidy = columns.chain((header) => rowsOf(samples, header, value));
  const dosages = rowsOf(samples, samples, digit);
  const transposed = fc
    .constantFrom(digit, genotype)
    .chain((values) => rowsOf(["label", "rs1", "rs2"], samples, values));

  const lines = fc.oneof(wide, tidy, dosages, transposed);
  const table = fc
    .tuple(lines, fc.constantFrom(",", ";", "\t"))
    .map(([rows, separator]) => rows.map((cells) => cells.join(separator)).join("\n"));
  const reordered = fc.shuffledSubarray([...samples], { minLength: 1 });
  const analysis = fc.record(
    {
      labelColumn: fc.oneof(word, odd),
      filters: fc.record(
        { onlyLabelled: fc.boolean(), samples: fc.array(odd, { minLength: 1, maxLength: 6 }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  return fc
    .record({ table, analysis, other: fc.option(reordered, { nil: undefined }) })
    .map(({ table: text, other, ...rest }) => ({
      ...rest,
      samples,
      files: {
        "a.vcf": isReadable ? vcfText({ samples, records: 1 }) : "",
        ...(other && isReadable && { "b.vcf": vcfText({ samples: other, records: 1 }) }),
        "l.csv": text,
      },
    }));
}

test("at most three names of samples and no genotype are in a message, a remedy or the choice offered", async () => {
  const met = { names: 0, hidden: 0, choices: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async ({ samples, files, analysis }) => {
      const { inspection } = await inspected(files, analysis);
      const choice = (inspection.labelCandidates ?? []).map(({ column }) => column).join("\n");
      for (const text of [...inspection.findings.flatMap(({ message, remedy }) => [message, remedy]), choice]) {
        const names = samples.filter((name) => text.includes(name));
        expect(names.length, text).toBeLessThanOrEqual(MOST_NAMES);
        expect(text).not.toMatch(GENOTYPE);
        met.names += Number(names.length === MOST_NAMES);
        met.hidden += Number(text.includes("not named here"));
      }
      met.choices += Number(choice !== "");
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(10);
});

describe("a table with samples as columns", () => {
  const samples = Array.from({ length: 30 }, (_, index) => `NA${100_000 + index}`);
  const vcf = vcfText({ samples, records: 1 });
  const rowOf = (first: string, cell: (index: number) => string) =>
    `${[first, ...samples.map((_, index) => cell(index))].join(",")}\n`;
  const transposed = `${rowOf("feature", (index) => samples[index] ?? "")}${rowOf("status", (index) => `${index % 2}`)}`;

  test.each([
    [
      undefined,
      "label-column-not-chosen",
      '30 columns besides the samples: "NA100000", "NA100001", "NA100002" and 27 more.',
    ],
    ["status", "label-column-unknown", 'no column "status"; it has "NA100000", "NA100001", "NA100002" and 27 more.'],
  ])("is said to look transposed, labelColumn %s", async (labelColumn, code, words) => {
    const analysis = labelColumn === undefined ? {} : { labelColumn };
    const { inspection } = await inspected({ "a.vcf": vcf, "l.csv": transposed }, analysis);
    const finding = inspection.findings.find((one) => one.code === code);
    expect(finding).toMatchObject({
      severity: "error",
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/transposed.*one row per sample/),
    });
  });

  test("is said to be one too if it has no cell above its rows' names", async () => {
    const headless = transposed.replace("feature,", "");
    const { inspection } = await inspected({ "a.vcf": vcf, "l.csv": headless });
    expect(inspection.findings).toMatchObject([
      { code: "labels-header-missing", remedy: expect.stringContaining("transposed") },
    ]);
  });

  test("and as rows is not one, and its columns are offered", async () => {
    const dosages = `${rowOf("sample", (index) => samples[index] ?? "")}${samples.map((name, row) => rowOf(name, (index) => `${(row + index) % 2}`)).join("")}`;
    expect(await codesOf({ "a.vcf": vcf, "l.csv": dosages })).toEqual(["label-column-not-chosen"]);
    const { inspection } = await inspected({ "a.vcf": vcf, "l.csv": dosages });
    expect(inspection.labelCandidates).toHaveLength(MOST_NAMES);
  });
});

describe("a cell that is a genotype", () => {
  test.each(["0|1", "0/1", "1/1", "./.", ".|.", "0/1/2", "1/10", "0|1:35:4", " 1/0 "])("%j is one", (cell) => {
    expect([isGenotype(cell), quoted(cell)]).toEqual([true, "a genotype"]);
  });

  test.each(["01/02/2020", "n/a", "1", ".", "a/b", "", "T1/2", "0.5", "::"])("%j is none", (cell) => {
    expect([isGenotype(cell), quoted(cell)]).toEqual([false, JSON.stringify(cell)]);
  });

  test("is left out of a longer one", () => {
    expect(quoted("rs1 0|1 ./. 1/1:3")).toBe('"rs1 … … …:3"');
  });

  test("stands in no finding about a label", async () => {
    const table = "sample,label\nS1,0|1\nS2,1/1\nS3,0|1\nS4,1/1\n";
    const { inspection } = await inspected({ "a.vcf": vcfText(), "l.csv": table });
    expect(inspection.findings).toMatchObject([
      {
        code: "label-not-integer",
        message: expect.stringContaining('column "label" holds a genotype, which is no whole number (4 such cells)'),
      },
    ]);
  });
});
