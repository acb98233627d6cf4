/**
 * The VCFs that the bench measures on, made once. Narrow: as 1000 Genomes phase 3 writes them, 2,504 phased genotypes and
 * its INFO; three variants of four are rarer than 0.5 %, one of ten is common, as there. Carriers are drawn at random, so that the
 * text is a little less compressible than real haplotypes. Wide: GT:AD:DP:GQ:PL as GATK writes them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rename, stat } from "node:fs/promises";

export interface BenchVcf {
  /** BGZF. */
  readonly path: string;
  readonly records: number;
  /** Uncompressed. */
  readonly textBytes: number;
  /** Of the text, all columns shared among the genotypes. */
  readonly bytesPerGenotype: number;
}

export const SAMPLES = 2_504;
const BASES = "ACGT";

export async function narrowVcf(folder: string, records: number): Promise<BenchVcf> {
  const random = randomOf(4);
  const homRef = Buffer.from("\t0|0".repeat(SAMPLES));
  const record = (row: number) => {
    const genotypes = Buffer.from(homRef);
    const carriers = alleleCount(random);
    const alternates = random() < 0.004 ? 2 : 1;
    for (let carrier = 0; carrier < carriers; carrier += 1) {
      const haplotype = Math.floor(random() * 2 * SAMPLES);
      genotypes[4 * (haplotype >> 1) + 1 + 2 * (haplotype & 1)] = alternates === 2 && random() < 0.5 ? 50 : 49;
    }
    return Buffer.concat([Buffer.from(narrowSite(row, carriers, alternates, random)), genotypes, Buffer.from("\n")]);
  };
  return await made(`${folder}/narrow-${records}.vcf.gz`, records, NARROW_HEADER, record);
}

export async function wideVcf(folder: string, records: number): Promise<BenchVcf> {
  const random = randomOf(5);
  const cells = ["0/0", "0/1", "1/1"].map((genotype) =>
    Array.from({ length: 4_096 }, () => wideCell(genotype, random)),
  );
  const record = (row: number) => {
    const frequency = alleleCount(random) / (2 * SAMPLES);
    const genotypes = Array.from({ length: SAMPLES }, () => {
      const dosage = Number(random() < frequency) + Number(random() < frequency);
      return cells[dosage]?.[Math.floor(random() * 4_096)];
    });
    const { pos, ref, alt } = site(row, 1, random);
    const info = `AC=${Math.round(frequency * 2 * SAMPLES)};AF=${frequency.toFixed(4)};AN=${2 * SAMPLES};DP=75231;FS=1.204;MQ=60.00;QD=14.2`;
    const fixed = ["22", pos, `rs${row}`, ref, alt, "812.7", "PASS", info, "GT:AD:DP:GQ:PL"];
    return Buffer.from(`${[...fixed, ...genotypes].join("\t")}\n`, "latin1");
  };
  return await made(`${folder}/wide-${records}.vcf.gz`, records, WIDE_HEADER, record);
}

/** Through bgzip, so that the blocks are those that researchers have. */
async function made(path: string, records: number, header: string, record: (row: number) => Buffer): Promise<BenchVcf> {
  if (!existsSync(path)) {
    console.log(`Making ${path}`);
    const bgzip = spawn("sh", ["-c", 'exec bgzip -@ 2 -c > "$0"', `${path}.part`], {
      stdio: ["pipe", "inherit", "inherit"],
    });
    const ended = once(bgzip, "close");
    bgzip.stdin.write(header);
    for (let row = 0; row < records; row += 1) if (!bgzip.stdin.write(record(row))) await once(bgzip.stdin, "drain");
    bgzip.stdin.end();
    if ((await ended)[0] !== 0) throw new Error("bgzip failed");
    await rename(`${path}.part`, path);
  }
  const textBytes = await textBytesOf(path);
  console.log(
    `${path}: ${(textBytes / 1e6).toFixed(0)} MB of text in ${((await stat(path)).size / 1e6).toFixed(0)} MB`,
  );
  return { path, records, textBytes, bytesPerGenotype: textBytes / (records * SAMPLES) };
}

async function textBytesOf(path: string): Promise<number> {
  const wc = spawn("sh", ["-c", 'bgzip -dc "$0" | wc -c', path], { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  wc.stdout.setEncoding("utf8").on("data", (text) => said.push(text));
  await once(wc, "close");
  return Number(said.join(""));
}

/** mulberry32: the same file on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of 5,008: 76 % below 0.5 % (half of these seen at most a few times), 14 % below 5 %, 10 % common; log-uniform within. */
function alleleCount(random: () => number): number {
  const kind = random();
  const [low, high] = kind < 0.76 ? [1, 25] : kind < 0.9 ? [25, 250] : [250, 2_504];
  return Math.floor(low * (high / low) ** random());
}

function site(row: number, alternates: number, random: () => number) {
  const refIndex = Math.floor(random() * 4);
  const alt = Array.from({ length: alternates }, (_, index) => BASES[(refIndex + 1 + index) % 4]).join(",");
  return { pos: 16_050_000 + 33 * row + Math.floor(random() * 30), ref: BASES[refIndex] ?? "N", alt };
}

function narrowSite(row: number, carriers: number, alternates: number, random: () => number): string {
  const { pos, ref, alt } = site(row, alternates, random);
  const frequency = carriers / (2 * SAMPLES);
  const perAllele = (value: (share: number) => string) =>
    Array.from({ length: alternates }, () => value(1 / alternates)).join(",");
  const info = [
    `AC=${perAllele((share) => String(Math.max(1, Math.round(carriers * share))))}`,
    `AF=${perAllele((share) => (frequency * share).toPrecision(6))}`,
    `AN=${2 * SAMPLES}`,
    `NS=${SAMPLES}`,
    `DP=${15_000 + Math.floor(random() * 10_000)}`,
    ...["EAS", "AMR", "AFR", "EUR", "SAS"].map(
      (population) => `${population}_AF=${perAllele((share) => (frequency * share * 2 * random()).toPrecision(4))}`,
    ),
    `AA=${ref}|||`,
    "VT=SNP",
  ];
  const id = `rs${587_000_000 + row}`;
  return ["22", pos, id, ref, alt, "100", "PASS", info.join(";"), "GT"].join("\t");
}

/** "0/0:23,0:23:69:0,69,1035" */
function wideCell(genotype: string, random: () => number): string {
  const depth = 12 + Math.floor(random() * 30);
  const [altShare, likelihoods] =
    genotype === "0/0"
      ? [0, `0,${3 * depth},${45 * depth}`]
      : genotype === "0/1"
        ? [0.5, `${14 * depth},0,${15 * depth}`]
        : [1, `${45 * depth},${3 * depth},0`];
  const altDepth = Math.round(depth * altShare);
  return `${genotype}:${depth - altDepth},${altDepth}:${depth}:${Math.min(99, 3 * depth)}:${likelihoods}`;
}

function headerOf(infos: readonly string[], formats: readonly string[]): string {
  const lines = [
    "##fileformat=VCFv4.2",
    '##FILTER=<ID=PASS,Description="All filters passed">',
    "##contig=<ID=22,length=51304566>",
    ...infos.map((info) => `##INFO=<${info},Description="As in 1000 Genomes phase 3">`),
    ...formats.map((format) => `##FORMAT=<${format},Description="As in GATK">`),
  ];
  const names = Array.from({ length: SAMPLES }, (_, index) => `HG${String(index).padStart(5, "0")}`);
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...names];
  return `${lines.join("\n")}\n${columns.join("\t")}\n`;
}

const GT = "ID=GT,Number=1,Type=String";
const NARROW_HEADER = headerOf(
  [
    "ID=AC,Number=A,Type=Integer",
    "ID=AF,Number=A,Type=Float",
    "ID=AN,Number=1,Type=Integer",
    "ID=NS,Number=1,Type=Integer",
    "ID=DP,Number=1,Type=Integer",
    ...["EAS", "AMR", "AFR", "EUR", "SAS"].map((population) => `ID=${population}_AF,Number=A,Type=Float`),
    "ID=AA,Number=1,Type=String",
    "ID=VT,Number=.,Type=String",
  ],
  [GT],
);
const WIDE_HEADER = headerOf(
  [
    "ID=AC,Number=A,Type=Integer",
    "ID=AF,Number=A,Type=Float",
    "ID=AN,Number=1,Type=Integer",
    "ID=DP,Number=1,Type=Integer",
    "ID=FS,Number=1,Type=Float",
    "ID=MQ,Number=1,Type=Float",
    "ID=QD,Number=1,Type=Float",
  ],
  [
    GT,
    "ID=AD,Number=R,Type=Integer",
    "ID=DP,Number=1,Type=Integer",
    "ID=GQ,Number=1,Type=Integer",
    "ID=PL,Number=G,Type=Integer",
  ],
);
