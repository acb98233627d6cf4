import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covariateColumns } from "../../../core/labels/covariates.ts";
import { codesOf, inspected, labelsText, vcfText } from "./studyOf.ts";

const vcf = vcfText();
const normal = "sample,label\nS1,0\nS2,1\nS3,0\nS4,1\n";

describe("labels come out as sample,label in the VCF's order", () => {
  test.each([
    ["a plain CSV", "sample,label\nS1,0\nS2,1\nS3,0\nS4,1\n"],
    ["rows in another order", "sample,label\nS4,1\nS2,1\nS1,0\nS3,0\n"],
    ["tabs", "sample\tlabel\nS1\t0\nS2\t1\nS3\t0\nS4\t1\n"],
    ["semicolons", "sample;label\nS1;0\nS2;1\nS3;0\nS4;1\n"],
    ["CRLF line ends", "sample,label\r\nS1,0\r\nS2,1\r\nS3,0\r\nS4,1\r\n"],
    ["CR line ends, as an old Excel on a Mac writes them", "sample,label\rS1,0\rS2,1\rS3,0\rS4,1\r"],
    ["a byte order mark", "\uFEFFsample,label\nS1,0\nS2,1\nS3,0\nS4,1\n"],
    ["quotes", '"sample","label"\n"S1","0"\n"S2","1"\n"S3","0"\n"S4","1"\n'],
    ["spaces around cells", "sample, label\n S1 , 0\nS2,1 \nS3, 0\nS4,1\n"],
    ["empty lines and a row of empty cells", "sample,label\n\nS1,0\nS2,1\n\nS3,0\nS4,1\n,\n\n"],
    ["no line end at the end", "sample,label\nS1,0\nS2,1\nS3,0\nS4,1"],
    ["whole numbers written as decimals", "sample,label\nS1,0.0\nS2,1.0\nS3,0\nS4,1\n"],
    ["the empty header cell of R's row names", '"","label"\n"S1",0\n"S2",1\n"S3",0\n"S4",1\n'],
  ])("from %s", async (_, table) => {
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "labels.csv": table });
    expect(inspection.findings).toEqual([]);
    expect(normalizedLabels).toBe(normal);
    expect(inspection.labels).toEqual({ file: "labels.csv", column: "label", classes: [2, 2] });
  });

  test("from the column that the analysis names, whatever the others hold", async () => {
    const table = 'id,"note, free",status,code\nS1,"a ""b"", c",0,x\nS2,"two\nlines",1,\nS3,,0,-1\nS4,,1,NA\n';
    const { inspection, normalizedLabels } = await inspected(
      { "a.vcf": vcf, "t.csv": table },
      { labelColumn: "status" },
    );
    expect(inspection.findings).toEqual([]);
    expect(normalizedLabels).toBe(normal);
  });

  test("from a table with rows that are not in the VCF, with a warning", async () => {
    const table = `${labelsText()}X1,7\nX2,case\n`;
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "labels.csv": table });
    expect(inspection.findings).toMatchObject([
      {
        code: "labels-without-sample",
        severity: "warning",
        line: 6,
        message: expect.stringContaining('2 rows have no sample in a.vcf, first line 6: "X1", "X2"'),
      },
    ]);
    expect(normalizedLabels).toBe(normal);
  });

  test("in the order of the first VCF, with names quoted that VariantSpark's reader would misread", async () => {
    const samples = ["b", 'q"x', "c,d", " e ", "ü", "a"];
    const table = 'sample,label\na,0\nb,1\n"c,d",0\n e ,1\n"q""x",0\nü,1\n';
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcfText({ samples }), "labels.csv": table });
    expect(inspection.findings).toEqual([]);
    expect(normalizedLabels).toBe('sample,label\nb,1\n"q""x",0\n"c,d",0\n e ,1\nü,1\na,0\n');
  });
});

describe("a labels table that cannot be used is refused with file, place and remedy", () => {
  const rows = (labels: readonly string[]) =>
    `sample,label\n${labels.map((label, index) => `S${index + 1},${label}\n`).join("")}`;

  test.each([
    ["an empty table", "", "empty-file", "labels.csv has no bytes"],
    ["empty lines only", "\n\n \n", "empty-file", "nothing but empty lines"],
    ["a header only", "sample,label\n", "labels-without-rows", "ends after its header"],
    ["one column", "sample label\nS1 0\nS2 1\n", "labels-one-column", "one column only"],
    ["no header", "S1,0\nS2,1\nS3,0\nS4,1\n", "labels-header-missing", '"S1" is a sample of a.vcf'],
    ["an Excel workbook", "PK\x03\x04\x14\0\x06", "labels-not-text", "Excel's .xlsx"],
    ["UTF-16", Buffer.from(`\uFEFF${normal}`, "utf16le"), "labels-not-text", "UTF-16"],
    ["gzip", gzipSync(normal), "labels-not-text", "gzip-compressed"],
    ["an open quote", 'sample,label\nS1,0\n"S2,1\nS3,0\n', "labels-malformed", "line"],
    ["a quote within a cell", 'sample,label\nS1,0\nS2"x",1\n', "labels-malformed", "line 3"],
    ["an empty label", rows(["0", "", "0", "1"]), "label-missing", 'column "label", first line 3: "S2"'],
    [
      "NA for a label",
      rows(["0", "NA", "n/a", "1"]),
      "label-missing",
      '2 samples without a value in column "label", first line 3',
    ],
    ["a row that is too short", "sample,label\nS1,0\nS2\nS3,0\nS4,1\n", "label-missing", "first line 3"],
    [
      "a label that is no whole number",
      rows(["0", "1.5", "0", "1"]),
      "label-not-integer",
      'line 3: column "label" holds "1.5"',
    ],
    ["a label too large for VariantSpark", rows(["0", "99999999999", "0", "1"]), "label-not-integer", "line 3"],
    ["labels 1 and 2", rows(["1", "2", "1", "2"]), "label-classes-not-from-0", "1 (2 samples), 2 (2 samples)"],
    ["labels with a gap", rows(["0", "2", "0", "2"]), "label-classes-not-from-0", "must be 0 to 1"],
    ["one class only", rows(["1", "1", "1", "1"]), "label-one-class", "every sample has the label 1"],
    [
      "a sample with two labels",
      `${normal}S2,0\n`,
      "label-sample-twice",
      'another label than in their first row, first line 6: "S2"',
    ],
    [
      "samples without a row",
      "sample,label\nS1,0\nS3,1\n",
      "samples-without-label",
      '2 samples of a.vcf (of 4, named in its #CHROM line) have no row in labels.csv: "S2", "S4"',
    ],
  ])("%s", async (_, table, code, words) => {
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "labels.csv": table });
    const errors = inspection.findings.filter(({ severity }) => severity === "error");
    expect(errors).toMatchObject([
      { code, file: "labels.csv", message: expect.stringContaining(words), remedy: expect.stringMatching(/\w{3}/) },
    ]);
    expect(normalizedLabels).toBeUndefined();
    expect(inspection.labels).toBeUndefined();
  });

  test.each([
    [
      "two texts",
      ["case", "control", "case", "control"],
      'Write 0 for "control" and 1 for "case" throughout the column.',
    ],
    ["two other texts", ["B", "A", "A", "B"], 'Write 0 for "A" and 1 for "B" throughout the column.'],
    ["labels that start from 1", ["1", "2", "3", "1"], "Subtract 1 from every label."],
    ["labels with gaps", ["0", "5", "9", "9"], "Write 0 for 0, 1 for 5, 2 for 9."],
    ["PLINK's mark for missing", ["1", "2", "-9", "1"], "-9 is PLINK's mark for a missing phenotype"],
  ])("%s get a remedy of their own", async (_, labels, remedy) => {
    const { inspection } = await inspected({ "a.vcf": vcf, "labels.csv": rows(labels) });
    expect(inspection.findings).toMatchObject([{ remedy: expect.stringContaining(remedy) }]);
  });

  test("a table of more than 64 MiB is refused without reading it", async () => {
    const { inspection } = await inspected({ "a.vcf": vcf, "labels.csv": Buffer.alloc(64 * 2 ** 20 + 1, "x") });
    expect(inspection.findings.map(({ code }) => code)).toEqual(["labels-too-large"]);
    expect(inspection.bytesRead).toBeLessThan(10_000);
  });

  test("all that is wrong is said at once", async () => {
    const table = "sample,label\nS1,0\nS1,1\nS2,NA\nS4,x\nX9,0\n";
    expect(await codesOf({ "a.vcf": vcf, "labels.csv": table })).toEqual([
      "label-missing",
      "label-not-integer",
      "label-sample-twice",
      "labels-without-sample",
      "samples-without-label",
    ]);
  });

  test("its own trouble is said even if the VCF cannot be read", async () => {
    expect(await codesOf({ "a.vcf": "", "labels.csv": rows(["1", "2", "1", "2"]) })).toEqual([
      "empty-file",
      "label-classes-not-from-0",
    ]);
  });
});

describe("a continuous phenotype is refused with thresholds to choose from", () => {
  const samples = Array.from({ length: 40 }, (_, index) => `N${index}`);
  const tableOf = (value: (index: number) => string) =>
    `sample;height\n${samples.map((name, index) => `${name};${value(index)}\n`).join("")}`;

  test.each([
    [
      "decimal points",
      (index: number) => `${150 + index}.5`,
      "40 different numbers, 150.5 to 189.5.",
      "from 170.5 on (20 samples, 20 below)",
    ],
    [
      "decimal commas",
      (index: number) => `${150 + index},5`,
      "some with a decimal comma",
      "or from 180.5 on (10 samples, 30 below)",
    ],
    [
      "many whole numbers",
      (index: number) => `${30 + (index % 20)}`,
      "20 different numbers, 30 to 49.",
      "from 40 on (20 samples",
    ],
    [
      "whole numbers and exponents",
      (index: number) => (index === 0 ? "1e-3" : `${index}`),
      "40 different numbers",
      "from 20",
    ],
  ])("%s", async (_, value, words, remedy) => {
    const { inspection, normalizedLabels } = await inspected({
      "a.vcf": vcfText({ samples }),
      "l.csv": tableOf(value),
    });
    expect(inspection.findings).toMatchObject([
      {
        code: "label-continuous",
        severity: "error",
        message: expect.stringContaining(words),
        remedy: expect.stringContaining(remedy),
      },
    ]);
    expect(normalizedLabels).toBeUndefined();
  });

  test.each([
    ["numbers beside texts", (index: number) => (index === 3 ? "tall" : `${index}.5`), "label-not-integer"],
    ["a few whole numbers", (index: number) => `${5 + (index % 3)}`, "label-classes-not-from-0"],
    ["two decimals", (index: number) => (index % 2 ? "1.5" : "2.5"), "label-not-integer"],
  ])("%s are none", async (_, value, code) => {
    expect(await codesOf({ "a.vcf": vcfText({ samples }), "l.csv": tableOf(value) })).toEqual([code]);
  });

  test("many classes that count from 0 are classes, and from 1 too", async () => {
    const from = (first: number) => tableOf((index) => `${first + (index % 12)}`);
    expect(await codesOf({ "a.vcf": vcfText({ samples }), "l.csv": from(0) })).toEqual([]);
    expect(await codesOf({ "a.vcf": vcfText({ samples }), "l.csv": from(1) })).toEqual(["label-classes-not-from-0"]);
  });
});

test("covariates are recognised and reported as unused", async () => {
  const table = "sample,Age,label,Sex,PC1,note\nS1,40,0,F,0.1,x\nS2,41,1,M,0.2,\nS3,42,0,F,0.3,\nS4,43,1,M,0.4,\n";
  const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "l.csv": table }, { labelColumn: "label" });
  expect(inspection.findings).toMatchObject([
    {
      code: "labels-covariates-unused",
      severity: "info",
      message: expect.stringContaining('3 covariates: "Age", "Sex", "PC1"'),
    },
  ]);
  expect(normalizedLabels).toBe(normal);
});

describe("which table and which column", () => {
  const wide = `sample,sex,status\n${["S1", "S2", "S3", "S4"].map((sample, index) => `${sample},${index % 2},${index % 2}\n`).join("")}`;

  test.each([
    ["no table", { "a.vcf": vcf }, undefined, "no-labels", ".csv, .tsv or .txt"],
    [
      "several tables",
      { "a.vcf": vcf, "x.csv": normal, "y.tsv": normal },
      undefined,
      "several-labels-tables",
      '"x.csv", "y.tsv"',
    ],
    ["no VCF", { "labels.csv": normal, "a.bcf": "x" }, undefined, "no-vcf", 'It holds "a.bcf"'],
    [
      "a column that does not exist",
      { "a.vcf": vcf, "l.csv": wide },
      "Status",
      "label-column-unknown",
      'no column "Status"; it has "sex", "status"',
    ],
    [
      "the sample column",
      { "a.vcf": vcf, "l.csv": wide },
      "sample",
      "label-column-unknown",
      '"sample" is the column of the samples',
    ],
    [
      "several columns, none named and none with classes",
      { "a.vcf": vcf, "l.csv": wide.replaceAll(",0,0", ",1,no").replaceAll(",1,1", ",2,yes") },
      undefined,
      "label-column-not-chosen",
      '2 columns besides the samples: "sex", "status". None',
    ],
    [
      "a column that occurs twice",
      { "a.vcf": vcf, "l.csv": wide.replace("sex", "status") },
      "status",
      "label-column-twice",
      '"status"',
    ],
  ])("%s is an error", async (_, files, labelColumn, code, words) => {
    const { inspection } = await inspected(files, labelColumn === undefined ? {} : { labelColumn });
    expect(inspection.findings).toMatchObject([{ code, severity: "error", message: expect.stringContaining(words) }]);
  });

  test("several columns with classes and none named are a question, with covariates last", async () => {
    const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "l.csv": wide });
    expect(inspection.findings).toMatchObject([
      {
        code: "label-column-not-chosen",
        severity: "warning",
        message: expect.stringContaining('"status" (2 of class 0, 2 of class 1), "sex"'),
        remedy: expect.stringContaining("labelColumn"),
      },
    ]);
    expect(inspection.labelCandidates).toEqual([
      { column: "status", classes: [2, 2] },
      { column: "sex", classes: [2, 2] },
    ]);
    expect(inspection).not.toHaveProperty("labels");
    expect(normalizedLabels).toBeUndefined();
  });

  test("each candidate is a column that the run goes on with, and any other is none", async () => {
    const columns = ["good", "texts", "gap", "twice", "twice", "from 1", "number", "one class", "some", ""];
    const cells = [
      [0, "a", 0, 0, 0, 1, 0, 1, 0, 0],
      [1, "b", 1, 1, 1, 2, 1, 1, "NA", 1],
      [1, "a", "", 1, 1, 2, 2, 1, 1, 1],
      [0, "b", 1, 0, 0, 1, 3, 1, 1, 1],
    ];
    const rows = cells.map((row, index) => `S${index + 1},${row.join(",")}`);
    const files = { "a.vcf": vcf, "l.csv": `sample,${columns.join(",")}\n${rows.join("\n")}\n` };
    for (const onlyLabelled of [false, true]) {
      const filters = { onlyLabelled };
      const { inspection } = await inspected(files, { filters });
      const offered = inspection.labelCandidates?.map(({ column }) => column);
      expect(offered).toEqual(onlyLabelled ? ["good", "gap", "some"] : ["good"]);
      for (const labelColumn of new Set(columns.filter((name) => name !== "" && name !== "number"))) {
        const after = await inspected(files, { labelColumn, filters });
        expect(after.normalizedLabels !== undefined, labelColumn).toBe(offered?.includes(labelColumn));
        const candidate = inspection.labelCandidates?.find(({ column }) => column === labelColumn);
        expect(after.inspection.labels?.classes).toEqual(candidate?.classes);
      }
    }
  });

  test("a sample that occurs twice is no question where its rows differ", async () => {
    const twice = `${wide.replace("S2,1,1", "S2,1,0")}S2,1,1\n`;
    const { inspection } = await inspected({ "a.vcf": vcf, "l.csv": twice });
    expect(inspection.labelCandidates?.map(({ column }) => column)).toEqual(["sex"]);
  });

  test("samples are held against the VCF even when no column is chosen", async () => {
    expect(await codesOf({ "a.vcf": vcf, "l.csv": wide.replace("S3", "S9") })).toEqual([
      "label-column-not-chosen",
      "labels-without-sample",
      "samples-without-label",
    ]);
  });
});

describe("warnings do not stop the run", () => {
  const many = Array.from({ length: 100 }, (_, index) => `N${index}`);

  test.each([
    ["a rare class", labelTable(many, (index) => (index < 4 ? 1 : 0)), ["label-classes-uneven"]],
    [
      "a row that repeats a sample with the same label",
      `${labelTable(many, (index) => index % 2)}N3,1\n`,
      ["label-sample-twice"],
    ],
    [
      "rows with additional cells",
      labelTable(many, (index) => index % 2).replace("N3,1", "N3,1,x"),
      ["labels-rows-uneven"],
    ],
    [
      "bytes that are no UTF-8",
      Buffer.from(`${labelTable(many, (index) => index % 2)}M\xfcller,1\n`, "latin1"),
      ["labels-not-utf8", "labels-without-sample"],
    ],
  ])("%s", async (_, table, codes) => {
    const { inspection, normalizedLabels } = await inspected({
      "a.vcf": vcfText({ samples: many }),
      "labels.csv": table,
    });
    expect(inspection.findings.map(({ code }) => code)).toEqual(codes);
    expect(inspection.findings.map(({ severity }) => severity)).not.toContain("error");
    expect(normalizedLabels?.split("\n")).toHaveLength(102);
  });
});

describe("properties of the labels table", () => {
  const samples = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_ ,;"-]{0,8}[A-Za-z0-9]$/), {
    minLength: 2,
    maxLength: 20,
  });
  const csv = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");

  test("the order of rows changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        samples.chain((names) => fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length }))),
        async ([names, shuffled]) => {
          const table = (order: readonly string[]) =>
            `sample,label\n${order.map((name) => `${csv([name, String(names.indexOf(name) % 2)])}\n`).join("")}`;
          const ofOrder = async (order: readonly string[]) =>
            (await inspected({ "a.vcf": vcfText({ samples: names, records: 1 }), "l.csv": table(order) }))
              .normalizedLabels;
          const expected = await ofOrder(names);
          expect(expected?.split("\n")).toHaveLength(names.length + 2);
          expect(await ofOrder(shuffled)).toBe(expected);
        },
      ),
    );
  });

  test("another column changes nothing when the label column is named", async () => {
    const column = fc.array(fc.string({ unit: "binary", maxLength: 12 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(column, fc.boolean(), async ([name = "", ...cells], isBefore) => {
        fc.pre(name.trim() !== "label" && covariateColumns(["sample", name.trim()], "label").length === 0);
        fc.pre(!isBinary([name, ...cells].join("")));
        const lines = [
          ["sample", "label", name],
          ...cells.map((cell, index) => [`S${index + 1}`, String(index % 2), cell]),
        ];
        const ordered = lines.map(([sample = "", label = "", cell = ""]) =>
          isBefore ? [sample, cell, label] : [sample, label, cell],
        );
        const table = ordered.map((cells) => `${csv(cells)}\n`).join("");
        const { inspection, normalizedLabels } = await inspected(
          { "a.vcf": vcf, "l.csv": table },
          { labelColumn: "label" },
        );
        expect(inspection.findings).toEqual([]);
        expect(normalizedLabels).toBe(normal);
      }),
    );
  });

  test("any bytes give findings, never an error", async () => {
    const text = fc.stringMatching(/^[S1-4a-z,;\t"\n\r ]{0,80}$/).map((content) => Buffer.from(content));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), text), async (table) => {
        const { inspection, normalizedLabels } = await inspected({ "a.vcf": vcf, "l.csv": table });
        if (normalizedLabels === undefined) expect(inspection.findings.length).toBeGreaterThan(0);
        for (const { message } of inspection.findings) expect(message).toContain("l.csv");
      }),
      { numRuns: 500 },
    );
  });
});

/** Text with these control characters is refused as binary data. */
function isBinary(text: string): boolean {
  return [...text].some((character) => character < "\t" || (character > "\r" && character < " "));
}

function labelTable(samples: readonly string[], label: (index: number) => number): string {
  return `sample,label\n${samples.map((sample, index) => `${sample},${label(index)}\n`).join("")}`;
}

describe("filters of samples", () => {
  const table = "sample,label\nS1,0\nS2,NA\nS4,1\n";

  test("onlyLabelled leaves samples without a row or a label out, and says so", async () => {
    const { inspection, normalizedLabels } = await inspected(
      { "a.vcf": vcf, "labels.csv": table },
      { filters: { onlyLabelled: true } },
    );
    expect(inspection.findings).toMatchObject([
      { code: "samples-without-label", severity: "warning", message: expect.stringContaining('"S3", "S2"') },
    ]);
    expect(normalizedLabels).toBe("sample,label\nS1,0\nS4,1\n");
    expect(inspection.keptSamples).toMatchObject({ count: 2 });
    expect(inspection.labels?.classes).toEqual([1, 1]);
  });

  test("samples keeps those named, whose labels alone have to be right", async () => {
    const { inspection, normalizedLabels } = await inspected(
      { "a.vcf": vcf, "labels.csv": table },
      { filters: { samples: ["S4", "S1"] } },
    );
    expect(inspection.findings).toEqual([]);
    expect(normalizedLabels).toBe("sample,label\nS1,0\nS4,1\n");
  });

  test("equal samples have one digest, whichever way they were named", async () => {
    const files = { "a.vcf": vcf, "labels.csv": table };
    const [one, other] = await Promise.all([
      inspected(files, { filters: { onlyLabelled: true } }),
      inspected(files, { filters: { samples: ["S1", "S4"] } }),
    ]);
    expect(one.inspection.keptSamples).toEqual(other.inspection.keptSamples);
  });

  test.each<[string, string, Parameters<typeof inspected>[1], string]>([
    [
      "a name that the VCF does not hold",
      labelsText(),
      { filters: { samples: ["S1", "S2", "X"] } },
      "filter-samples-unknown",
    ],
    ["only samples of one class", table, { filters: { samples: ["S1"] } }, "label-one-class"],
    ["a sample without a label", table, { filters: { samples: ["S1", "S2", "S4"] } }, "label-missing"],
  ])("that leave %s are an error", async (_, labels, analysis, code) => {
    expect(await codesOf({ "a.vcf": vcf, "labels.csv": labels }, analysis)).toEqual([code]);
  });
});
