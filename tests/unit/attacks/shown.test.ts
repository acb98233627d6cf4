/** What files say, where people see it: spreadsheets, the report's page, mails, terminals and log lines. */
import { stripVTControlCharacters } from "node:util";
import { Logger } from "@aws-lambda-powertools/logger";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { findingCatalogue } from "../../../core/findings/catalogue.ts";
import { found, quoted } from "../../../core/findings/found.ts";
import { printable } from "../../../core/findings/printable.ts";
import { readImportance } from "../../../core/report/importanceTable.ts";
import { rejection } from "../../../core/run/failure.ts";
import { convergedNotification, notificationOf } from "../../../core/run/notification.ts";
import { findingLines } from "../../../local/screen.ts";
import { inspected, labelsText, vcfText } from "../inspect/studyOf.ts";
import { finishedRun, forestOf, tableOf, textsOf } from "../report/resultRun.ts";
import { runOf } from "../run/runOf.ts";

const script = "<script>alert(1)</script>";
const ansi = "\u001b[2J\u001b]0;owned\u0007";
const forged = '\n{"level":"ERROR","message":"forged"}\r\u2028';
const turned = "\u202egpj.exe\u2066";

describe("a formula", () => {
  const csvOf = async (name: string) => {
    const csv = textsOf(finishedRun(), await tableOf([`${name},1.5E-3`]))["importance.csv"] ?? "";
    return csv.slice(csv.indexOf("\n") + 1);
  };

  test.each([
    ["=cmd|' /C calc'!A0_5_A_T", "1,'=cmd|' /C calc'!A0_5_A_T,'=cmd|' /C calc'!A0,5,A,T,1.5E-3\n"],
    ["+1+1_5_A_T", "1,'+1+1_5_A_T,'+1+1,5,A,T,1.5E-3\n"],
    ["-2+3_5_A_T", "1,'-2+3_5_A_T,'-2+3,5,A,T,1.5E-3\n"],
    ["@SUM(1)_5_A_T", "1,'@SUM(1)_5_A_T,'@SUM(1),5,A,T,1.5E-3\n"],
    ["＝1+1_5_A_T", "1,'＝1+1_5_A_T,'＝1+1,5,A,T,1.5E-3\n"],
    [" =1+1_5_A_T", "1,' =1+1_5_A_T,' =1+1,5,A,T,1.5E-3\n"],
    ["\t=1_5_A_T", "1,\u{fffd}=1_5_A_T,\u{fffd}=1,5,A,T,1.5E-3\n"],
    ["22\r=1_5_A_T", "1,22\u{fffd}=1_5_A_T,22\u{fffd}=1,5,A,T,1.5E-3\n"],
    ["22;=1+1_5_A_T", "1,22;'=1+1_5_A_T,22;'=1+1,5,A,T,1.5E-3\n"],
    ["22_5_=A1_@T", "1,22_5_=A1_@T,22,5,'=A1,'@T,1.5E-3\n"],
    ["22_5_-_*", "1,22_5_-_*,22,5,-,*,1.5E-3\n"],
    ["HLA-DRB1*15:01_5_A_<DEL:ME>|G", "1,HLA-DRB1*15:01_5_A_<DEL:ME>|G,HLA-DRB1*15:01,5,A,<DEL:ME>|G,1.5E-3\n"],
  ])("in the variant %j is text in importance.csv, and what is none stays as it is", async (name, row) => {
    expect(await csvOf(name)).toBe(row);
  });

  test("in any name begins no cell of importance.csv, whichever separator is taken", async () => {
    const character = fc.constantFrom(..."=+-@;\t\r ＝ab1|'".split(""));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: character, minLength: 1, maxLength: 8 }), async (contig) => {
        for (const cell of (await csvOf(`${contig}_5_${contig}_${contig}`)).trimEnd().split(/[,;]/))
          expect(cell).toMatch(/^(?!\s*[=+\-@＝＋－＠\t\r].)/s);
      }),
    );
  });

  test("is exact in result.json, which no spreadsheet opens", async () => {
    const json = textsOf(finishedRun(), await tableOf(["=1+1_5_A_T,1"]))["result.json"] ?? "";
    expect(JSON.parse(json).ranked[0]).toMatchObject({ variant: "=1+1_5_A_T", contig: "=1+1" });
  });
});

describe("a local result", () => {
  test.each([
    ["of one line of 5 GB", (at: number) => (at < 80_000 ? "A".repeat(2 ** 16) : undefined)],
    [
      "of a contig per row",
      (at: number) => (at < 2_000 ? rowsOf((row) => `c${1_000 * at + row}_1_A_T,1\n`) : undefined),
    ],
  ])(
    "%s is malformed before it takes the memory",
    async (_, chunkOf) => {
      let read = 0;
      async function* chunks() {
        yield Buffer.from("variable,importance\n");
        for (let at = 0, chunk = chunkOf(at); chunk !== undefined; chunk = chunkOf(++at)) {
          read += chunk.length;
          yield Buffer.from(chunk);
        }
      }
      expect(await readImportance(chunks())).toMatchObject({ kind: "malformed" });
      expect(read).toBeLessThan(2 ** 25);
    },
    20_000,
  );
});

describe("a script", () => {
  test("in any name is shown in the report, and never run", async () => {
    const names = [`${script}_5_A_T`, `22'onmouseover='alert(1)_6_A_${script}`, "javascript:alert(1)_7_A_T"];
    const run = finishedRun({
      id: `x${script}`,
      study: { bucket: script, prefix: `${script}/` },
      analysis: {
        trees: 500,
        mtryFraction: 0.1,
        batchSize: 100,
        seed: 13,
        labelColumn: script,
        filters: { samples: [script] },
      },
      inspection: { ...inspectionOf(script), labels: { file: script, column: script, classes: [1, 1] } },
    });
    const texts = textsOf(run, await tableOf(names.map((name, at) => `${name},${at + 1}`)));
    const html = texts["report.html"] ?? "";
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toMatch(/<[^>]+\son\w+=|href="(?!https:\/\/|data:,|#)/);
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[^ ]+&#39;; script-src &#39;sha256-[^ ;]+&#39;; /,
    );
    for (const [name, text] of Object.entries(texts))
      if (name.endsWith(".svg")) expect(text).not.toMatch(/<script|\son\w+=/);
  });

  test("cannot turn the direction of a page's text", async () => {
    const texts = textsOf(finishedRun(), await tableOf([`22${turned}_5_A_T,1`]));
    expect(texts["report.html"]).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
});

describe("control characters", () => {
  test.each([ansi, forged, turned, "\u009b2J", "\u200e"])(
    "such as in %j reach no finding, whatever the file and column are called",
    async (odd) => {
      const labels = `sample,a${odd.replaceAll(/[\r\n]/g, "")},b\nS1,x,y\n`;
      const { inspection } = await inspected({
        [`x${odd}.vcf`]: vcfText({ samples: [`S1${odd.replaceAll(/[\r\n\t]/g, "")}`, "S2"] }),
        [`l${odd}.csv`]: labels,
      });
      const { findings } = inspection;
      expect(findings.length).toBeGreaterThan(1);
      for (const { file } of inspection.vcfs) expect(file).not.toMatch(/\p{Cc}/u);
      for (const { file = "", message, remedy } of findings)
        expect(`${file} ${message} ${remedy}`).not.toMatch(/[\p{Cc}\u2028\u202a-\u202e\u2066-\u2069\u200e]/u);
      for (const line of findingLines(findings).map(stripVTControlCharacters)) expect(line).not.toMatch(/\p{Cc}/u);
    },
  );

  test("of any kind are seen by the one function that takes them out", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(quoted(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test("reach no mail, in its subject and in its text", () => {
    const study = { bucket: "inbox", prefix: `x${ansi}${forged}${turned}/` };
    const top = [{ rank: 1, variant: `22${ansi}${forged}_5_A_T`, importance: 1 }];
    const chunks = { ...forestOf([0.9, 0.9]), ranking: { trees: 200, variants: 1, top } };
    const mails = [
      notificationOf(runOf({ study })),
      convergedNotification(runOf({ study, chunks } as unknown as Parameters<typeof runOf>[0])),
    ];
    for (const mail of mails) {
      expect(mail?.subject).toMatch(/^[ -~]{1,100}$/);
      expect(mail?.text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202a-\u202e\u2066-\u2069]/u);
      expect(mail?.text).not.toContain('\n{"level"');
    }
  });

  test("forge no line of the log: each event is one line of JSON", () => {
    const lines: string[] = [];
    const write = (text: string) => lines.push(text);
    const logger = new Logger({ serviceName: "variantspark-pipeline" });
    const spies = (["info", "error", "log", "warn"] as const).map((method) =>
      vi.spyOn(Reflect.get(logger, "console") as Console, method).mockImplementation(write),
    );
    logger.info("upload seen", { prefix: `x${forged}${ansi}` });
    for (const spy of spies) spy.mockRestore();
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "INFO", prefix: `x${forged}${ansi}` });
  });
});

describe("the name of a sample", () => {
  const sample = "CANARY-7";

  test("is in no failure and so in no mail and in no history of an execution, whatever was found", async () => {
    const studies = await Promise.all([
      inspected({ "a.vcf": vcfText({ samples: [sample, "S2"] }), "l.csv": labelsText(["S2"]) }),
      inspected({ "a.vcf": vcfText({ samples: [sample, sample] }), "l.csv": labelsText([sample]) }),
      inspected({ "a.vcf": vcfText({ samples: [sample, "S2"] }), "l.csv": `${sample},0\nS2,1\n` }),
      inspected({ "a.vcf": vcfText({ samples: [sample, "S2"] }), "l.csv": `s,l\n${sample},\nS2,1\n` }),
      inspected({
        "a.vcf": vcfText({ samples: [sample, "S2"] }),
        "b.vcf": vcfText({ samples: ["S2", sample] }),
        "l.csv": labelsText([sample, "S2"]),
      }),
      inspected({ "a.vcf": vcfText(), "l.csv": labelsText() }, { filters: { samples: [sample] } }),
    ]);
    expect(JSON.stringify(studies)).toContain(sample);
    for (const { inspection } of studies) {
      const failure = rejection(inspection.findings);
      expect(JSON.stringify([failure, inspection.needsPreparing])).not.toContain(sample);
      const mail = notificationOf(runOf({ state: "Failed", failure, findings: inspection.findings }));
      expect(JSON.stringify(mail)).not.toContain(sample);
    }
  });

  test("does not keep the failure from saying what is wrong and where", () => {
    const finding = found("label-missing", { file: "l.csv", line: 3 }, `l.csv: 1 sample without a value: ${sample}.`);
    const { title, remedy } = findingCatalogue["label-missing"];
    expect(rejection([finding, finding])).toEqual({ code: "rejected", message: `l.csv, line 3: ${title}.`, remedy });
  });
});

function rowsOf(rowOf: (row: number) => string): string {
  return Array.from({ length: 1_000 }, (_, row) => rowOf(row)).join("");
}

function inspectionOf(name: string) {
  const { inspection } = runOf();
  if (inspection === undefined) throw new Error("runOf is inspected");
  return { ...inspection, vcfs: inspection.vcfs.map((vcf) => ({ ...vcf, file: name, key: name })) };
}
