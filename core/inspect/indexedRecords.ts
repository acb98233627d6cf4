/** The exact number of records from the index that lies beside a BGZF file, if it is that of this file. */
import { type IndexFile, indexInWords, readBlockIndex } from "../bgzf/blockIndex.ts";
import { thousands } from "../findings/found.ts";
import type { ByteSource } from "../study/byteSource.ts";
import type { Count } from "../vcf/estimate.ts";
import type { VcfHead } from "./readHead.ts";

export interface IndexedRecords {
  readonly used?: {
    readonly name: string;
    readonly records: number;
    /** That have records, in the index's order. */
    readonly contigs: readonly string[];
  };
  /** Why it is not used, in words. Nothing if it only does not count. */
  readonly ignored?: string;
}

/** What the head and the windows leave of 16 MiB: see readHead.ts and sampleWindows.ts. */
const BYTES_BESIDE_WINDOWS = 11 * 2 ** 20;
const MAX_INDEX_BYTES = 10 * 2 ** 20;
/** An index of an older version of the file may name its blocks by chance; a count so far off shows it. */
const MAX_DEVIATION = 0.5;

/** Costs at most 3 reads, and 16 MiB together with the head and the windows. */
export async function indexedRecords(
  source: ByteSource,
  index: IndexFile,
  head: VcfHead,
  estimated: Count,
): Promise<IndexedRecords> {
  if (head.compression !== "bgzf") return {};
  const maxBytes = Math.min(MAX_INDEX_BYTES, BYTES_BESIDE_WINDOWS - head.bytes);
  const { uses, contigs } = await readBlockIndex(source, [index], maxBytes);
  const [use] = uses;
  if (use?.kind === "ignored") return { ignored: indexInWords(use) };
  const counted = contigs?.flatMap(({ records, name }) => (records === undefined ? [] : [{ name, records }])) ?? [];
  if (counted.length === 0 || counted.length !== contigs?.length) return {};
  const records = counted.reduce((sum, contig) => sum + contig.records, 0);
  const low = (estimated.low ?? estimated.estimate) * (1 - MAX_DEVIATION);
  const high = (estimated.high ?? estimated.estimate) * (1 + MAX_DEVIATION);
  if (records < low || records > high) {
    const reason = `counts ${thousands(records)} records, and the file holds about ${thousands(estimated.estimate)}`;
    return { ignored: indexInWords({ kind: "ignored", name: index.name, reason }) };
  }
  const named = counted.flatMap(({ name, records: count }) => (name !== undefined && count > 0 ? [name] : []));
  return { used: { name: index.name, records, contigs: named } };
}
