/** Reads one VCF's beginning, a few windows and its end, and tells what it is and what is wrong with it. */
import { hasBgzfEof } from "../bgzf/block.ts";
import { type IndexFile, indexInWords } from "../bgzf/blockIndex.ts";
import type { Finding } from "../findings/finding.ts";
import { isRejected } from "../findings/finding.ts";
import { counted, found } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { StudyObject } from "../study/study.ts";
import { genomeBuild } from "../vcf/build.ts";
import { type Extent, estimateExtent, extentOfText } from "../vcf/estimate.ts";
import { MOST_COLUMNS, type VcfColumns, vcfColumns } from "../vcf/header.ts";
import { columnCount } from "../vcf/records.ts";
import type { ContigSpan } from "../vcf/recordTally.ts";
import { damageFindings, keyFindings, kindFindings, nameFindings } from "./contentFindings.ts";
import { isReadableByHadoop, namedAs, unreadableCharacters } from "./fileName.ts";
import { headerFindings } from "./headerFindings.ts";
import { type IndexedRecords, indexedRecords } from "./indexedRecords.ts";
import { type GziFile, gziText } from "./indexedText.ts";
import type { VcfSummary } from "./inspection.ts";
import { readHead, type VcfHead } from "./readHead.ts";
import { recordFindings } from "./recordFindings.ts";
import { eofMissing, sampleWindows } from "./sampleWindows.ts";

/** Contigs of one file that the inspection lists. */
const CONTIGS_SHOWN = 100;

export interface InspectedVcf {
  readonly file: string;
  readonly findings: readonly Finding[];
  /** Both only if the #CHROM line could be read. */
  readonly summary?: VcfSummary;
  readonly samples?: readonly string[];
  /** Where records were seen. */
  readonly spans?: readonly ContigSpan[];
}

/**
 * Costs at most 24 reads and 16 MiB, whatever the file's size. Bytes of any kind give findings, never an error.
 * @param index a .tbi or .csi that lies beside it
 * @param gzi a .gzi that does, of which the end is read where there is no other index
 */
export async function inspectVcf(
  file: string,
  object: StudyObject,
  source: ByteSource,
  index?: IndexFile,
  gzi?: GziFile,
): Promise<InspectedVcf> {
  const ofKey = keyFindings(file, object.key);
  if (source.byteLength === 0)
    return { file, findings: [...ofKey, found("empty-file", { file }, `${file} has no bytes.`)] };

  const head = await readHead(source);
  const ofKind = kindFindings(file, head);
  if (isRejected(ofKind)) return { file, findings: [...ofKey, ...ofKind] };

  const ofFile = [
    ...ofKey,
    ...damageFindings(file, head),
    ...endFindings(file, source, head),
    ...nameFindings(file, object.key, head),
  ];
  const { columnsLine } = head.scanned;
  if (columnsLine === undefined) {
    const isDamaged = head.inflated.kind === "corrupt" || (head.inflated.kind === "partial" && head.isWhole);
    return { file, findings: isDamaged ? ofFile : [...ofFile, ...headerFindings(file, head, undefined)] };
  }
  const headerColumns = columnCount(new TextEncoder().encode(columnsLine));
  if (headerColumns > MOST_COLUMNS) {
    const message = `${file}: the #CHROM line has ${counted(headerColumns, "column")}.`;
    return { file, findings: [...ofFile, found("vcf-too-many-samples", { file }, message)] };
  }
  const columns = vcfColumns(columnsLine);
  const ofHeader = headerFindings(file, head, columns);
  if (columns.wrongColumn) return { file, findings: [...ofFile, ...ofHeader] };

  const rest = await measureRest(file, source, head, headerColumns, index ? "records" : gzi);
  // Corrupt data gives corrupt lines, and without FORMAT every record would be wrong: the cause is reported, not each effect.
  const isWorthChecking = columns.hasFormat && head.inflated.kind !== "corrupt";
  const ofRecords = isWorthChecking ? recordFindings(file, head, headerColumns) : [];
  const indexed =
    rest.records.exact || index === undefined ? {} : await indexedRecords(source, index, head, rest.records);
  const ofBody = withoutGenotypes([...ofRecords, ...rest.findings], head);
  const findings = [...ofFile, ...ofHeader, ...ofBody, ...ofIndex(file, indexed)];
  return {
    file,
    findings,
    summary: { ...summaryOf(file, object, source, head, columns, rest), ...ofRecordsSeen(head, indexed) },
    samples: columns.samples,
    spans: head.scanned.tally.spans,
  };
}

/** A record without GT stops nothing where others, which alone the tally takes, have theirs. */
function withoutGenotypes(findings: readonly Finding[], { scanned: { tally } }: VcfHead): readonly Finding[] {
  if (tally.shape === undefined) return findings;
  return findings.map(
    (finding): Finding => (finding.code === "vcf-genotypes-missing" ? { ...finding, severity: "warning" } : finding),
  );
}

/** The end of a BGZF file that was read whole; that of a larger one is looked at by sampleWindows. */
function endFindings(file: string, source: ByteSource, head: VcfHead): Finding[] {
  if (head.compression !== "bgzf" || !head.isWhole || head.inflated.kind !== "complete") return [];
  return hasBgzfEof(head.end) ? [] : [eofMissing(file, source.byteLength)];
}

interface Rest extends Extent {
  readonly findings: readonly Finding[];
}

async function measureRest(
  file: string,
  source: ByteSource,
  head: VcfHead,
  headerColumns: number,
  beside: "records" | GziFile | undefined,
): Promise<Rest> {
  const { scanned, inflated } = head;
  const isRead = head.isWhole && inflated.kind === "complete";
  if (isRead || inflated.kind === "corrupt" || (head.isWhole && inflated.kind === "partial"))
    return { records: { estimate: scanned.records, exact: isRead }, textBytes: scanned.textBytes, findings: [] };

  const restBytes = source.byteLength - inflated.compressedBytes;
  if (head.compression === "gzip" || head.isWhole) {
    const extent = estimateExtent(scanned, inflated.compressedBytes, restBytes, [], headerColumns);
    const textBytes = inflated.members === 0 ? await trailerTextBytes(source, extent.textBytes) : undefined;
    return { ...(textBytes ? extentOfText(scanned, textBytes, headerColumns) : extent), findings: [] };
  }
  const gzi = head.compression === "bgzf" && typeof beside === "object" ? beside : undefined;
  const kind = gzi ? "text" : beside === "records" ? beside : undefined;
  const { strata, findings } = await sampleWindows(file, source, head, headerColumns, kind);
  const extentOf = (textBytes?: number) =>
    estimateExtent(scanned, inflated.compressedBytes, restBytes, strata, headerColumns, textBytes);
  const extent = extentOf();
  if (gzi === undefined) return { ...extent, findings };
  const told = await gziText(source, gzi, extent.textBytes);
  if (typeof told === "number") return { ...extentOf(told), findings };
  const ignored = indexInWords({ kind: "ignored", name: gzi.name, reason: told });
  const remedy =
    "Make it again: bgzip -r study.vcf.gz. Or remove it: the size is then estimated from samples of the file.";
  return { ...extent, findings: [...findings, found("index-ignored", { file }, `${file}: ${ignored}.`, { remedy })] };
}

/**
 * The size of the text as the trailer of a file of one gzip member tells it, modulo 4 GiB (RFC 1952 §2.3.1); undefined
 * if it is far from the estimate, for then other members follow the first.
 */
async function trailerTextBytes(source: ByteSource, estimate: number): Promise<number | undefined> {
  const trailer = await source.slice(source.byteLength - 4, source.byteLength);
  if (trailer.length !== 4) return undefined;
  const isize = new DataView(trailer.buffer, trailer.byteOffset, 4).getUint32(0, true);
  const textBytes = isize + Math.max(0, Math.round((estimate - isize) / 2 ** 32)) * 2 ** 32;
  return Math.abs(textBytes - estimate) <= estimate / 4 ? textBytes : undefined;
}

function summaryOf(
  file: string,
  object: StudyObject,
  source: ByteSource,
  head: VcfHead,
  columns: VcfColumns,
  rest: Rest,
): VcfSummary {
  const { key, etag } = object;
  const build = genomeBuild(head.scanned.contigs);
  const isOpenable = unreadableCharacters(key).length === 0;
  return {
    file,
    key,
    etag,
    compressedBytes: source.byteLength,
    compression: head.compression,
    engineReadable: isOpenable && isReadableByHadoop(namedAs(key), head.compression),
    fileFormat: head.scanned.fileFormat ?? "",
    sampleCount: columns.samples.length,
    headerLines: head.scanned.headerLines,
    records: rest.records,
    uncompressedBytes: rest.textBytes,
    ...(build && { build }),
  };
}

function ofRecordsSeen(
  { scanned: { tally } }: VcfHead,
  { used }: IndexedRecords,
): Pick<VcfSummary, "contigs" | "shape" | "countedBy"> & Partial<Pick<VcfSummary, "records">> {
  const { shape } = tally;
  const seen = { ...(shape && { shape }) };
  if (used === undefined) return { ...seen, contigs: tally.spans.slice(0, CONTIGS_SHOWN) };
  const contigs = used.contigs.map((contig) => ({ contig })).slice(0, CONTIGS_SHOWN);
  return { ...seen, contigs, countedBy: used.name, records: { estimate: used.records, exact: true } };
}

function ofIndex(file: string, { ignored }: IndexedRecords): Finding[] {
  return ignored ? [found("index-ignored", { file }, `${file}: ${ignored}.`)] : [];
}
