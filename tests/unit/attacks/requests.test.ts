/** What a caller may send: ids, bodies and folder names made to reach elsewhere, to overload, or to change what objects are. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runIdOf } from "../../../core/study/identity.ts";
import { studyPrefixOf } from "../../../core/study/study.ts";
import { runPath } from "../../../functions/api/route.ts";
import { readAnalysis } from "../../../functions/readAnalysis.ts";
import {
  analysisFields,
  choiceBody,
  executionInputSchema,
  issuesInWords,
  localResultBody,
  startRunBody,
} from "../../../functions/schemas.ts";
import { stepInput } from "../../../functions/step.ts";

const elsewhere = [
  "..",
  "../other",
  "a/../../tokens/b",
  "%2e%2e%2ftokens",
  "a%00",
  "a\0",
  "a\nb",
  "a b",
  "",
  "a".repeat(81),
  "a".repeat(100_000),
  "ａ",
  "run\u202e",
  "__proto__/run",
];

describe("the id of a run", () => {
  test.each(elsewhere)("that is %j reaches no key, as a path of the API and as a state's input", (id) => {
    expect(runPath.safeParse({ id }).success).toBe(false);
    expect(stepInput.safeParse({ runId: id }).success).toBe(false);
  });

  test("is made of a study's name so that it always is one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1_000 }), (prefix) => {
        expect(runPath.safeParse({ id: runIdOf(prefix, "0".repeat(64)) }).success).toBe(true);
      }),
    );
  });
});

describe("the folder of a study", () => {
  const folders = [
    "../",
    "a/../",
    "../../runs/x/",
    "/",
    "//",
    "/etc/",
    "a\n[ERROR] forged/",
    "\u001b[2J/",
    "a\u2028/",
    "\u202eevil/",
    `${"a".repeat(1_022)}/`,
  ];

  test.each(folders)("that is %j is none, in a call, in an execution's input and in an upload", (prefix) => {
    expect(startRunBody.safeParse({ prefix }).success).toBe(false);
    const input = { study: { bucket: "inbox", prefix }, digest: "0".repeat(64) };
    expect(executionInputSchema.safeParse(input).success).toBe(false);
    const first = studyPrefixOf(`${prefix}x.vcf`);
    expect(first === undefined || startRunBody.safeParse({ prefix: first }).success).toBe(true);
    if (prefix.indexOf("/") === prefix.length - 1) expect(first).toBeUndefined();
  });

  test("whatever key is uploaded, starts nothing that its first state refuses", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1_024 }), (key) => {
        const prefix = studyPrefixOf(key);
        expect(prefix === undefined || startRunBody.safeParse({ prefix }).success).toBe(true);
      }),
    );
  });
});

describe("a body", () => {
  const schemas = { startRunBody, choiceBody, localResultBody, analysisFields } as const;
  const sound = {
    startRunBody: { prefix: "a/" },
    choiceBody: { option: "local" },
    localResultBody: { seconds: { total: 1 } },
    analysisFields: {},
  } as const;
  const names = Object.keys(schemas) as (keyof typeof schemas)[];

  test.each(names)("for %s cannot change what objects are by any name of their prototype", (name) => {
    expect(schemas[name].safeParse(sound[name]).success).toBe(true);
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const body = JSON.parse(
        JSON.stringify(sound[name]).replace(/^\{/, `{"${key}":{"trees":7,"isAdmin":true},`).replace(",}", "}"),
      );
      const parsed = schemas[name].safeParse(body);
      expect(parsed.success).toBe(false);
      expect("isAdmin" in {}).toBe(false);
    }
  });

  test.each([
    ["100,000 levels deep", `${'{"filters":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["of a list 1,000,000 levels deep", `{"prefix":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`],
    [
      "of 100,000 unknown fields",
      JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`f${at}`, 1]))),
    ],
    ["of one name of 5 MB", JSON.stringify({ ["f".repeat(5_000_000)]: 1 })],
    [
      "of 10,000 samples that are numbers",
      JSON.stringify({ prefix: "a/", analysis: { filters: { samples: Array(10_000).fill(1) } } }),
    ],
  ])("%s is refused in a few words", (_, text) => {
    const { error } = startRunBody.safeParse(JSON.parse(text));
    const words = error === undefined ? "" : issuesInWords(error);
    expect(words).toMatch(/\w{3}/);
    expect(words.length).toBeLessThan(1_200);
  });

  test("of more than an execution's input takes is refused, before Step Functions does", () => {
    const samples = Array.from({ length: 10_000 }, (_, at) => `${"s".repeat(40)}${at}`);
    const { error } = startRunBody.safeParse({ prefix: "a/", analysis: { filters: { samples } } });
    expect(error && issuesInWords(error)).toContain("put it into the study's analysis.json");
    expect(analysisFields.safeParse({ filters: { samples } }).success).toBe(true);
  });

  test("of one sample, contig or column of more than 1,000 characters is refused", () => {
    const name = "a".repeat(1_001);
    for (const analysis of [
      { labelColumn: name },
      { filters: { samples: [name] } },
      { filters: { regions: [{ contig: name }] } },
    ])
      expect(analysisFields.safeParse(analysis).success).toBe(false);
  });
});

describe("analysis.json", () => {
  const read = async (text: string | undefined, size = Buffer.byteLength(text ?? "")) => {
    const reads: number[] = [];
    const analysis = await readAnalysis({}, { analysis: { key: "a/analysis.json", size, etag: "e" } }, async () => ({
      byteLength: size,
      slice: async (start, end) => {
        reads.push(end - start);
        return Buffer.from(text ?? "");
      },
    }));
    return { ...analysis, bytesRead: reads.reduce((sum, bytes) => sum + bytes, 0) };
  };

  test.each([100 * 2 ** 20, 5e9])("of %d bytes is a finding, and nothing of it is read", async (size) => {
    const { findings, bytesRead, analysis } = await read(undefined, size);
    expect(bytesRead).toBe(0);
    expect(analysis).toEqual({ trees: 500, mtryFraction: 0.1, seed: 13 });
    expect(findings).toMatchObject([{ code: "analysis-unreadable", file: "analysis.json", severity: "error" }]);
  });

  test.each([
    ["with __proto__", '{"__proto__":{"trees":7}}'],
    ["with __proto__ in its filters", '{"filters":{"__proto__":{"minMaf":0.1}}}'],
    ["deeper than a stack", `${"[".repeat(500_000)}${"]".repeat(500_000)}`],
    ["that is no JSON", "trees: 500\u001b[2J\nforged"],
    ["of zeros", "\0".repeat(1_000)],
  ])("%s is a finding in one short line", async (_, text) => {
    const { findings, analysis } = await read(text);
    expect(analysis).toEqual({ trees: 500, mtryFraction: 0.1, seed: 13 });
    expect(findings.map(({ code }) => code)).toEqual(["analysis-unreadable"]);
    expect(findings[0]?.message).toMatch(/^[^\p{Cc}]{10,1300}$/u);
    expect("minMaf" in {}).toBe(false);
  });
});
