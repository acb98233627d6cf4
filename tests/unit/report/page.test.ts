import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { chr22, finishedRun, forestOf, tableOf, textsOf } from "./resultRun.ts";

const asked = { trees: 500, mtryFraction: 0.1, batchSize: 100, seed: 13, oobError: true, localFdr: true };
const { rows, splits } = chr22();
const page = textsOf(finishedRun({ analysis: asked }), await tableOf(rows), splits)["report.html"] ?? "";

describe("the report", () => {
  test("has a section for each thing that a researcher asks", () => {
    const titles = [...page.matchAll(/<h2[^>]*>([^<]+)</g)].map(([, title]) => title);
    expect(titles).toEqual([
      "Importance",
      "Ranked variants",
      "Significance",
      "Out-of-bag error",
      "Time and cost",
      "Machines",
      "For the next run",
      "Parameters and versions",
      "Inputs",
      "Repeat this run",
    ]);
  });

  test("leaves out what was not asked for", async () => {
    const { progress } = finishedRun();
    const { oobErrors: _, ...silent } = progress ?? {};
    const plain = textsOf(finishedRun({ progress: silent as NonNullable<typeof progress> }), await tableOf(rows));
    expect(plain["report.html"]).not.toMatch(/<h2[^>]*>(Significance|Out-of-bag error)</);
    expect(Object.keys(plain)).toEqual([
      "report.html",
      "result.json",
      "importance.csv",
      "importance.svg",
      "importance.png",
      "timeline.svg",
      "timeline.png",
    ]);
  });

  test("says of a run on the own cluster where it was, on how many nodes, and that it cost nothing", async () => {
    const run = finishedRun();
    const [option] = run.estimate?.options ?? [];
    if (option === undefined || run.choice === undefined || run.estimate === undefined) throw new Error("no option");
    const free = { low: 0, expected: 0, high: 0 };
    const configuration = { ...option.configuration, instanceTypes: [] };
    const there = { ...option, where: "cluster" as const, costUsd: free, costParts: {}, configuration };
    const choice = { ...run.choice, where: "cluster" as const };
    const onCluster = textsOf({ ...run, choice, estimate: { ...run.estimate, options: [there] } }, await tableOf(rows))[
      "report.html"
    ];
    expect(onCluster).toMatch(/Where<\/th><td[^>]*>the laboratory&#39;s Kubernetes cluster</);
    expect(onCluster).toMatch(/Nodes<\/th><td[^>]*>2 of the cluster</);
    expect(onCluster).toContain("<dt>Cost</dt><dd>0.00 USD</dd>");
    expect(onCluster).toContain("no charge from AWS");
    expect(onCluster).not.toContain("of which");
  });

  test("fetches nothing: all that it shows is in it", () => {
    expect(page).not.toMatch(/<(?:link|img|script|iframe|use|image)\b[^>]*\b(?:src|href)="(?!data:,")/);
    expect(page).not.toMatch(/@import|url\(/);
  });

  test("allows only its own style and script, by their hashes", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
    expect(policy).toContain("default-src 'none'");
    for (const [tag, directive] of [
      ["style", "style-src"],
      ["script", "script-src"],
    ] as const) {
      const texts = [...page.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^]*?)</${tag}>`, "g"))].map(
        ([, text = ""]) => text,
      );
      expect(texts).toHaveLength(1);
      const hash = createHash("sha256")
        .update(texts[0] ?? "")
        .digest("base64");
      expect(policy).toContain(`${directive} 'sha256-${hash}'`);
    }
    expect(page).not.toMatch(/<[^>]+\s(?:style|on\w+)=/);
  });

  test("names each figure for who cannot see it, and no id twice", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const labelled = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, list = ""]) => list.split(" "));
    expect(labelled.length).toBeGreaterThan(10);
    for (const id of labelled) expect(ids).toContain(id);
  });

  test("says how to repeat the run, with another seed", () => {
    expect(page).toContain("run.again(trees=500, seed=14)");
    expect(page).toContain("&quot;prefix&quot;: &quot;cohort/&quot;");
  });

  test.each([
    ["GRCh37", ["POSITION_GRCH37"], "are of GRCh37"],
    ["GRCh38", ["POSITION"], "are of GRCh38"],
    ["T2T-CHM13", [], "no positions of that build"],
  ] as const)("links a position to dbSNP in the build that the VCFs tell, %s", async (name, fields, words) => {
    const run = finishedRun();
    const inspection = { ...(run.inspection as NonNullable<typeof run.inspection>), build: { name, chrPrefix: false } };
    const html = textsOf({ ...run, inspection }, await tableOf(rows.slice(0, 3)))["report.html"] ?? "";
    const searched = [...html.matchAll(/snp\/\?term=\d+%5B(\w+)%5D/g)].map(([, field]) => field);
    expect([...new Set(searched)]).toEqual(fields);
    expect(html).toContain(words);
  });

  test("links a position to dbSNP in both builds, since the build is not known", () => {
    expect(page).toContain('href="https://www.ncbi.nlm.nih.gov/snp/?term=16050000%5BPOSITION%5D%20AND%2022%5BCHR%5D"');
    expect(page).toContain("16050000%5BPOSITION_GRCH37%5D%20AND%2022%5BCHR%5D");
  });
});

const hostile = `</script><script>alert(1)</script>`;
const quotes = `"onload='alert(1)`.replaceAll('"', "");

test("names from files are shown, never run", async () => {
  const names = [
    `${hostile}_5_A_<img src=x onerror=alert(1)>`,
    `${quotes}&amp;_7_A_C`,
    "]]><!--_9_A_T",
    "\u{0}\u{8}_11_A_G",
  ];
  const texts = textsOf(
    finishedRun({
      id: `x${hostile}`,
      study: { bucket: "b", prefix: `${hostile}/` },
      analysis: { ...asked, labelColumn: hostile },
    }),
    await tableOf(names.map((name, index) => `${name},${index + 1}`)),
  );
  const html = texts["report.html"] ?? "";
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toMatch(/<img|onerror=alert\(1\)>(?!<)/);
  expect(html).toContain("&lt;/script&gt;&lt;script&gt;");
  expect(html).not.toContain("\u{0}");
  for (const name of ["importance.svg", "timeline.svg"]) expect(texts[name]).not.toMatch(/<script|<img|<!--/);
});

test("a long allele is cut in the table and whole in result.json", async () => {
  const allele = "ACGT".repeat(2_000);
  const texts = textsOf(finishedRun(), await tableOf([`22_5_A_${allele},1`]));
  expect(texts["report.html"]).not.toContain(allele);
  expect(texts["report.html"]).toContain("(8,000 characters)");
  expect(JSON.parse(texts["result.json"] ?? "").ranked[0].alts).toEqual([allele]);
});

test("a result of no variants has a report too", async () => {
  const texts = textsOf(finishedRun({ analysis: asked }), await tableOf([]));
  expect(texts["report.html"]).toContain("A local false discovery rate cannot be given. Only 0 variants can be judged");
  expect(texts["report.html"]).not.toContain("NaN");
});

describe("of a forest that grew in chunks", () => {
  const stable = async (chunks: ReturnType<typeof forestOf>, trees = 1000): Promise<string> => {
    const analysis = { trees, mtryFraction: 0.1, batchSize: 100, seed: 13 };
    const html = textsOf(finishedRun({ analysis, chunks }), await tableOf(rows))["report.html"] ?? "";
    return /<h2[^>]*>How stable the ranking is<\/h2>(.*?)<\/section>/s.exec(html)?.[1] ?? "";
  };

  test("the report says how stable the ranking is, and shows it", async () => {
    const text = await stable(forestOf([0.5, 0.9, 0.95, 0.95]));
    expect(text).toContain("The forest grew 1,000 trees in 5 chunks.");
    expect(text).toContain("they share 95 % of their first 20 variants, and have the same 6 first, in whatever order");
    expect(text).toContain("stable from 800 trees on: more trees are not expected to change the first 20 variants.");
    expect(text).toContain("Seeds of the chunks: 13, 1013, 2013, 3013, 4013.");
    expect(text).toContain('<svg class="figure"');
  });

  test("it says what may be trusted when that is not stable", async () => {
    const text = await stable(forestOf([0.5, 0.7, 0.6, 0.65]));
    expect(text).toContain("not stable yet");
    expect(text).toContain("trust the first 6 as a group, not what comes below");
  });

  test("it says that the forest was left early", async () => {
    const text = await stable(forestOf([0.9, 0.95], 5));
    expect(text).toContain(
      "The forest grew 600 trees in 3 chunks, of 5 that were planned for 1,000: it was left early",
    );
  });

  test("one chunk has nothing to be compared with, and no figure", async () => {
    const text = await stable(forestOf([], 5));
    expect(text).toContain("The forest grew 200 trees in 1 chunk, of 5");
    expect(text).toContain("There are no two chunks to compare");
    expect(text).not.toContain("<svg");
    expect(text).not.toContain("undefined");
  });

  test("one in one piece has no such section", () => {
    expect(page).not.toContain("How stable the ranking is");
  });
});
