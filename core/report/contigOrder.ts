/** Contigs as a genome lists them: 1 to 22, X, Y, MT, with or without "chr", then all others by name. */
export function inGenomeOrder(contigs: readonly string[]): string[] {
  return contigs.toSorted((a, b) => place(a) - place(b) || naturally.compare(a, b));
}

const naturally = new Intl.Collator("en", { numeric: true });
const afterNumbers = ["X", "Y", "M", "MT"];

function place(contig: string): number {
  const name = contig.replace(/^chr/i, "");
  if (/^\d{1,3}$/.test(name)) return Number(name);
  const after = afterNumbers.indexOf(name.toUpperCase());
  return after === -1 ? 2_000 : 1_000 + after;
}
