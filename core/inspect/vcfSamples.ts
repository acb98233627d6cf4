import type { ByteSource } from "../study/byteSource.ts";
import { vcfColumns } from "../vcf/header.ts";
import { readHead } from "./readHead.ts";

/** The samples that the #CHROM line names, for no more reads than the head takes; none if there is no sound one. */
export async function vcfSamples(source: ByteSource): Promise<readonly string[]> {
  const { columnsLine } = (await readHead(source)).scanned;
  return columnsLine === undefined ? [] : vcfColumns(columnsLine).samples;
}
