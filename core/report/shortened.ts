/** A name or allele that fits into a table: the 1000 Genomes' chr22 has alleles of 4,000 bases. */
import { thousands } from "../findings/found.ts";

export function shortened(text: string, most = 28): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 8)}… (${thousands(text.length)} characters)`;
}
