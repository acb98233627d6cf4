/** What is wrong with a VCF as a file: its name, its compression, and content that is something else. */

import type { Finding } from "../findings/finding.ts";
import { found, quoted } from "../findings/found.ts";
import { isReadableByHadoop, namedAs, unreadableCharacters } from "./fileName.ts";
import { contentName, remedyFor } from "./magic.ts";
import type { VcfHead } from "./readHead.ts";

export function keyFindings(file: string, key: string): Finding[] {
  const characters = unreadableCharacters(key);
  if (characters.length === 0) return [];
  const shown = characters.map(quoted).join(" ");
  return [
    found("unreadable-key", { file }, `${file}: its key ${quoted(key)} contains ${shown}, which Spark cannot open.`),
  ];
}

/** What the file is, if it is no VCF at all. */
export function kindFindings(file: string, head: VcfHead): Finding[] {
  const { fileFormat, columnsLine } = head.scanned;
  if (fileFormat !== undefined || columnsLine?.startsWith("#CHROM")) return [];
  if (head.inflated.kind === "complete" && head.isWhole && head.scanned.textBytes === 0) {
    return [found("empty-file", { file }, `${file} is compressed, and there is nothing in it.`)];
  }
  const name = contentName(head.textStart);
  if (name === undefined) return [];
  const inside = head.compression === "none" ? "is" : "is compressed and holds";
  const remedy = remedyFor(name);
  const message = `${file} ${inside} ${name}, not a VCF.`;
  return [found("not-a-vcf", { file, byteOffset: 0 }, message, remedy === undefined ? {} : { remedy })];
}

export function damageFindings(file: string, head: VcfHead): Finding[] {
  const { kind, memberStart } = head.inflated;
  const what = head.compression === "bgzf" ? "BGZF block" : "gzip member";
  const where = { file, byteOffset: memberStart };
  if (kind === "corrupt")
    return [found("corrupt-gzip", where, `${file}: the ${what} at byte ${memberStart} is corrupt.`)];
  if (kind !== "partial" || !head.isWhole) return [];
  return [
    found(
      "truncated-gzip",
      where,
      `${file} ends at byte ${head.bytes}, within the ${what} that starts at byte ${memberStart}.`,
    ),
  ];
}

/** Whether Spark can make anything of this content under this name. */
export function nameFindings(file: string, key: string, { compression }: VcfHead): Finding[] {
  const name = namedAs(key);
  const is = { none: "plain text", gzip: "gzip", bgzf: "BGZF" }[compression];
  if (name === ".vcf.bgz" && compression === "bgzf") {
    return [
      found("bgz-not-readable-on-aws", { file }, `${file} is BGZF, and Spark takes a file named .bgz for plain text.`),
    ];
  }
  if (!isReadableByHadoop(name, compression)) {
    const taken = name === ".vcf.gz" ? "gzip" : "plain text";
    const extension = compression === "none" ? ".vcf" : ".vcf.gz";
    const message = `${file} is ${is} by its content, but Spark would take a file of that name for ${taken}.`;
    return [
      found("compression-differs-from-name", { file }, message, {
        remedy: `Choose an option that prepares first, or rename it to end in ${extension}, in small letters.`,
      }),
    ];
  }
  if (compression !== "none") {
    return [found("gzip-is-one-partition", { file }, `${file} is ${is} named .gz: one task will read all of it.`)];
  }
  if (name === ".vcf.bgz") {
    const message = `${file} is plain text although it is named .bgz; Spark will read it as plain text.`;
    return [
      found("compression-differs-from-name", { file }, message, {
        severity: "warning",
        remedy: "Rename it to end in .vcf.",
      }),
    ];
  }
  return [];
}
