/**
 * What is wrong with the fixed columns of a record (VCF specification §1.6.1). "unreadable" is what htsjdk 2.21, which VariantSpark
 * reads records with, throws on: that ends the run after its nodes were paid for. "malformed" is what it reads although the specification forbids
 * it. Held against htsjdk with 130 odd records, and with those of the public conformance files (docs/decisions/conformance.md).
 */

export interface ColumnTrouble {
  readonly kind: "unreadable" | "malformed";
  /** In words that follow "line 7: "; no genotype. */
  readonly reason: string;
}

const MAX_POS = 2 ** 31 - 1;
const BASES = /^[ACGTN]+$/i;
/** What htsjdk takes for symbolic, or for a breakend, is not looked into. */
const SYMBOLIC_TO_HTSJDK = /[<>[\]]|^\..|.\.$/;
/** A symbolic allele, perhaps behind a base (an insertion of a contig of the assembly file); both forms of breakend (§5.4). */
const SYMBOLIC = /^[ACGTN]*<[^<>\s,]+>$/i;
const BREAKEND =
  /^(?:[ACGTN.]+(?:\[[^[\]\s]+\[|\][^[\]\s]+\])|(?:\[[^[\]\s]+\[|\][^[\]\s]+\])[ACGTN.]+|\.[ACGTN]+|[ACGTN]+\.)$/i;
const FILTER_NAME = /^[!-:<-~]+$/;
const JAVA_INTEGER = /^[+-]?\d{1,10}$/;
const JAVA_DOUBLE = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?[fd]?|nan|inf|infinity)$/i;

/** @param columns CHROM to FORMAT as text */
export function siteTrouble(columns: readonly string[]): ColumnTrouble | undefined {
  const [chrom = "", pos = "", id = "", ref = "", alt = "", qual = "", filter = "", info = "", format = ""] = columns;
  const unreadable =
    emptyTrouble(columns) ??
    (Number(pos) > MAX_POS ? `POS is above ${MAX_POS}` : undefined) ??
    refTrouble(ref) ??
    altTrouble(ref, alt) ??
    qualTrouble(qual) ??
    filterTrouble(filter) ??
    infoTrouble(info) ??
    (/:GT(:|$)/.test(format) ? "FORMAT names GT twice" : undefined);
  if (unreadable !== undefined) return { kind: "unreadable", reason: unreadable };
  const malformed = chromForm(chrom) ?? idForm(id) ?? altForm(alt);
  return malformed === undefined ? undefined : { kind: "malformed", reason: malformed };
}

/** Whether Integer.valueOf of Java takes it. */
export function isJavaInteger(text: string): boolean {
  return JAVA_INTEGER.test(text) && Math.abs(Number(text)) <= MAX_POS;
}

/** Whether Double.valueOf of Java takes it, or htsjdk in its place. */
export function isJavaDouble(text: string): boolean {
  return JAVA_DOUBLE.test(text.trim());
}

const NAMES = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];

function emptyTrouble(columns: readonly string[]): string | undefined {
  const index = columns.indexOf("");
  return index === -1 || index >= NAMES.length ? undefined : `${NAMES[index]} is empty`;
}

function refTrouble(ref: string): string | undefined {
  if (ref === ".") return "REF is missing";
  return BASES.test(ref) ? undefined : "REF has other letters than A, C, G, T and N";
}

function altTrouble(ref: string, alt: string): string | undefined {
  const alleles = alt.replace(/(?<!,),+$/, "").split(",");
  if (alleles.includes("")) return "ALT has an allele that is empty";
  if (!alleles.every((allele) => BASES.test(allele) || /^[.*]$/.test(allele) || SYMBOLIC_TO_HTSJDK.test(allele)))
    return "an allele of ALT has other letters than A, C, G, T and N, and is not symbolic";
  const called = [ref, ...alleles].filter((allele) => allele !== ".").map((allele) => allele.toUpperCase());
  return new Set(called).size === called.length ? undefined : "an allele occurs twice in REF and ALT";
}

/** VCF 3 wrote -1 for a missing QUAL; -10 passes by the way in which htsjdk keeps it. */
function qualTrouble(qual: string): string | undefined {
  if (qual === ".") return undefined;
  if (!isJavaDouble(qual)) return "QUAL is no number";
  const isNegative = Number.parseFloat(qual) < 0 || /^\s*-inf/i.test(qual);
  return isNegative && ![-1, -10].includes(Number.parseFloat(qual)) ? "QUAL is negative" : undefined;
}

function filterTrouble(filter: string): string | undefined {
  if (filter === "0") return "FILTER is 0, which is reserved";
  const names = filter.replace(/(?<!;);+$/, "").split(";");
  return names.every((name) => FILTER_NAME.test(name)) ? undefined : "FILTER has a name that is empty or holds a space";
}

function infoTrouble(info: string): string | undefined {
  if (info.includes(" ")) return "INFO holds a space";
  if (!info.includes("END")) return undefined;
  const ends = info.split(";").filter((field) => /^END(=|$)/.test(field));
  const end = ends.at(-1);
  return end === undefined || isJavaInteger(end.slice("END=".length)) ? undefined : "END of INFO is no position";
}

function chromForm(chrom: string): string | undefined {
  return /^(<[^<>\s,]+>|[^<>\s,]+)$/.test(chrom) ? undefined : "CHROM holds a space, a comma or a bracket";
}

function idForm(id: string): string | undefined {
  const names = id.split(";");
  if (/\s/.test(id) || names.includes("")) return "ID holds a space or an empty name";
  return new Set(names).size === names.length ? undefined : "ID has a name twice";
}

function altForm(alt: string): string | undefined {
  if (alt === ".") return undefined;
  const isSound = (allele: string) =>
    BASES.test(allele) || allele === "*" || SYMBOLIC.test(allele) || BREAKEND.test(allele);
  return alt.split(",").every(isSound) ? undefined : "an allele of ALT is not written as the specification says";
}
