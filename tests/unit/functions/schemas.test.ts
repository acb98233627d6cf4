import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  analysisFields,
  choiceBody,
  executionInputSchema,
  issuesInWords,
  localResultBody,
  ownClusterSchema,
  startRunBody,
  withDefaults,
} from "../../../functions/schemas.ts";

describe("the analysis", () => {
  test("has a sound default for every field that the engine needs", () => {
    expect(withDefaults(analysisFields.parse({}))).toEqual({ trees: 500, mtryFraction: 0.1, seed: 13 });
  });

  test.each([
    { trees: 1 },
    { trees: 10_000 },
    { mtryFraction: 1 },
    { mtryFraction: 1e-9 },
    { batchSize: 1_000 },
    { maxDepth: 1 },
    { minNodeSize: 1 },
    { seed: 0 },
    { seed: 2_147_483_647 },
    { labelColumn: "Größe [cm]" },
    { where: "local", budgetUsd: 0 },
    { deadlineHours: 0.5 },
  ])("may be %j", (given) => {
    expect(analysisFields.parse(given)).toMatchObject(given);
  });

  test.each([
    { trees: 0 },
    { trees: 10_001 },
    { trees: 1.5 },
    { trees: "500" },
    { mtryFraction: 0 },
    { mtryFraction: 1.01 },
    { batchSize: 0 },
    { batchSize: 1_001 },
    { maxDepth: 0 },
    { minNodeSize: 0 },
    { seed: -1 },
    { seed: 2_147_483_648 },
    { labelColumn: "" },
    { where: "aws" },
    { budgetUsd: -1 },
    { tree: 500 },
    null,
    [],
  ])("may not be %j", (given) => {
    expect(analysisFields.safeParse(given).success).toBe(false);
  });

  test("is itself once more when read again, as a run's record is", () => {
    const first = analysisFields.parse({ trees: 7, labelColumn: "case" });
    expect(analysisFields.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
  });
});

describe("the folder of a run", () => {
  test.each(["x/", "cohort/", "cohort/chr22/", "Studie Größe+λ 1/", "a..b/", ".../"])("may be %j", (prefix) => {
    expect(startRunBody.parse({ prefix })).toEqual({ prefix });
  });

  test.each([
    "/x/",
    "/",
    "",
    "x",
    "x/y",
    "a/../b/",
    "../",
    "a/../",
    `${"x".repeat(900)}/`,
    "two\nlines/",
    7,
    undefined,
  ])("may not be %j", (prefix) => {
    expect(startRunBody.safeParse({ prefix }).success).toBe(false);
  });

  test("that is taken never begins with a slash, always ends with one and never climbs", () => {
    const path = fc.array(fc.constantFrom("a", "..", ".", "", "é b"), { maxLength: 6 });
    fc.assert(
      fc.property(path, (parts) => {
        const prefix = parts.join("/");
        if (!startRunBody.safeParse({ prefix }).success) return;
        expect(prefix).toMatch(/^[^/].*\/$/);
        expect(prefix.split("/")).not.toContain("..");
      }),
    );
  });
});

const digest = "0123456789abcdef".repeat(4);
const study = { bucket: "inbox", prefix: "cohort/" };

describe.each<{ body: string; schema: z.ZodType; taken: unknown[]; refused: unknown[] }>([
  {
    body: "of POST /runs",
    schema: startRunBody,
    taken: [
      { prefix: "a/" },
      { prefix: "a/", bucket: "inbox" },
      { prefix: "a/", analysis: {} },
      { prefix: "a/", analysis: { trees: 9 } },
    ],
    refused: [
      { prefix: "a/", bucket: "ab" },
      { prefix: "a/", analysis: { trees: 0 } },
      { prefix: "a/", anything: 1 },
      undefined,
    ],
  },
  {
    body: "of POST /runs/{id}/choice",
    schema: choiceBody,
    taken: [{ option: "aws-spot" }, { option: "aws-on-demand" }, { option: "cluster" }, { option: "local" }],
    refused: [{ option: "aws" }, { option: "local", force: true }, { where: "local" }, {}, "local", undefined],
  },
  {
    body: "of POST /runs/{id}/local-result",
    schema: localResultBody,
    taken: [{ seconds: { total: 0 } }, { seconds: { total: 12.5 } }],
    refused: [{ seconds: { total: -1 } }, { seconds: { total: "1" } }, { seconds: 12 }, {}],
  },
  {
    body: "of the own cluster",
    schema: ownClusterSchema,
    taken: [{ nodes: 1, cores: 1.93, memoryGiB: 3.5, driverMemoryGiB: 3.5 }],
    refused: [
      { nodes: 0, cores: 4, memoryGiB: 16, driverMemoryGiB: 16 },
      { nodes: 2, cores: 1, memoryGiB: 16, driverMemoryGiB: 16 },
      { nodes: 2, cores: 4, memoryGiB: 1, driverMemoryGiB: 16 },
      { nodes: 2, cores: 4, memoryGiB: 16 },
      {},
    ],
  },
  {
    body: "of an execution",
    schema: executionInputSchema,
    taken: [
      { study, digest },
      { study, digest, analysis: { trees: 9 } },
    ],
    refused: [
      { study },
      { digest },
      { study, digest: digest.toUpperCase() },
      { study: { ...study, key: "x" }, digest },
    ],
  },
])("the body $body", ({ schema, taken, refused }) => {
  test.each(taken.map((body) => [JSON.stringify(body), body]))("may be %s", (_, body) => {
    expect(schema.safeParse(body).success).toBe(true);
  });

  test.each(refused.map((body) => [JSON.stringify(body), body]))("may not be %s", (_, body) => {
    expect(schema.safeParse(body).success).toBe(false);
  });
});

describe("what is wrong, in words,", () => {
  test.each([
    { given: { trees: 10_001 }, words: /^trees: .*10000/ },
    { given: { trees: 0, seed: -1 }, words: /^trees: [^;]+; seed: [^;]+$/ },
    { given: { tree: 9 }, words: /^body: .*"tree"/ },
    { given: "500", words: /^body: .*expected object/ },
  ])("names each field of $given", ({ given, words }) => {
    const { error } = analysisFields.safeParse(given);
    expect(error && issuesInWords(error)).toMatch(words);
  });

  test("names the way to a field that lies deeper", () => {
    const { error } = startRunBody.safeParse({ prefix: "a/", analysis: { trees: "many" } });
    expect(error && issuesInWords(error)).toMatch(/^analysis\.trees: /);
  });
});
