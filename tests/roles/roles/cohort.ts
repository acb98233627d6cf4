/** A made-up cohort, and what an engine would have left of its run. */
import { randomBytes } from "node:crypto";

const contig = "##contig=<ID=22>";

/** A VCF of random genotypes, of which compression leaves two bits or so each. */
export function genotypes(samples: number, variants: number): Uint8Array {
  const names = Array.from({ length: samples }, (_, at) => `s${at}`);
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...names].join("\t");
  const head = ["##fileformat=VCFv4.2", contig, '##FORMAT=<ID=GT,Number=1,Type=String,Description="">', columns, ""];
  const lines = Array.from({ length: variants }, (_, at) => {
    const calls = Buffer.alloc(4 * samples + 1, "\t0/0");
    for (const [sample, byte] of randomBytes(samples).entries()) {
      if (byte % 3 > 0) calls[4 * sample + 3] = ONE;
      if (byte % 3 > 1) calls[4 * sample + 1] = ONE;
    }
    calls[4 * samples] = LF;
    return [Buffer.from(`22\t${1000 + at}\t.\tA\tC\t.\tPASS\t.\tGT`), calls];
  });
  return Buffer.concat([Buffer.from(head.join("\n")), ...lines.flat()]);
}

const ONE = 0x31;
const LF = 0x0a;

/** Every second sample is a case. */
export function labels(vcf: Uint8Array): string {
  const header = Buffer.from(vcf)
    .toString("latin1", 0, 2 ** 20)
    .split("\n")
    .find((line) => line.startsWith("#CHROM"));
  const samples = header?.split("\t").slice(9) ?? [];
  return ["sample,label", ...samples.map((sample, at) => `${sample},${at % 2}`), ""].join("\n");
}

const begun = 1_795_517_988_905;

/** Spark's, cut to what tells the phases. */
export const eventLog = [
  { Event: "SparkListenerLogStart", "Spark Version": "3.5.9" },
  { Event: "SparkListenerApplicationStart", "App Name": "ImportanceCmd", Timestamp: begun, User: "somebody" },
  ...job(0, 2_245, 2_645, "take at VCFSource.scala:27"),
  ...job(1, 2_708, 3_830, "zipWithIndex at ImportanceCmd.scala:73"),
  ...job(2, 3_860, 5_065, "count at ImportanceCmd.scala:75"),
  ...job(3, 5_253, 5_328, "count at RandomForest.scala:264"),
  ...job(4, 5_463, 6_113, "fold at DecisionTree.scala:508"),
  ...job(5, 6_164, 6_296, "collectAsMap at DecisionTree.scala:471"),
  ...job(6, 14_224, 14_273, "collectAsMap at ImportanceCmd.scala:146"),
  { Event: "SparkListenerApplicationEnd", Timestamp: begun + 14_329 },
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join("");

function job(id: number, from: number, to: number, stage: string): object[] {
  const info = { "Stage ID": id, "Stage Attempt ID": 0, "Stage Name": stage, "Number of Tasks": 1 };
  return [
    { Event: "SparkListenerJobStart", "Job ID": id, "Submission Time": begun + from, "Stage Infos": [info] },
    { Event: "SparkListenerJobEnd", "Job ID": id, "Completion Time": begun + to },
  ];
}
