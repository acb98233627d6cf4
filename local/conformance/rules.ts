/**
 * What an invalid file of the public suites breaks, by its name, and by which finding inspection should tell it. VariantSpark uses CHROM,
 * POS, REF, ALT and GT, and its reader must get over the rest: that was tried on the reader itself. So a rule about anything else is
 * outside what is used, and a file of it that is not reported is none missed. First the names that tell more.
 */
import type { FindingCode } from "../../core/findings/catalogue.ts";

export interface Rule {
  /** Of the file's path. */
  readonly name: RegExp;
  /** Any of them reports it. */
  readonly codes: readonly FindingCode[];
  /** Why it does not matter that a file of this rule is not reported; absent where each must be. */
  readonly outside?: string;
}

const RECORD: readonly FindingCode[] = ["vcf-record-unreadable", "vcf-record-malformed"];
const META: readonly FindingCode[] = ["vcf-meta-line-unreadable", "vcf-columns-line-missing"];

export const RULES: readonly Rule[] = [
  { name: /assembly_checker.*bz2|compressed.*\.bz2$|non_readable/, codes: ["not-a-vcf"] },
  {
    name: /assembly_checker/,
    codes: [],
    outside: "The records are sound; it is a FASTA file or an assembly report beside them that they do not fit.",
  },
  { name: /evidence\/failed/, codes: ["vcf-no-samples"] },
  { name: /failed_compressed/, codes: ["vcf-meta-line-unreadable", "vcf-no-samples"] },
  { name: /corrupt_file/, codes: ["not-a-vcf", "vcf-columns-wrong", "vcf-fileformat-missing"] },
  { name: /truncated/, codes: ["truncated-gzip", "bgzf-eof-missing"] },
  { name: /mangled/, codes: ["not-a-vcf", "vcf-columns-line-missing"] },
  {
    name: /body_chrom/,
    codes: RECORD,
    outside:
      "A colon or an asterisk in CHROM: §1.4.7 allows both from 4.3 on (HLA-A*01:01), and nothing here reads the breakends that a colon would confuse.",
  },
  { name: /body_contiguous|body_unsorted/, codes: ["vcf-records-unsorted"] },
  { name: /body_duplicated/, codes: ["vcf-variants-duplicate"] },
  { name: /body_(alt|ref|id)/, codes: RECORD },
  { name: /body_pos/, codes: ["vcf-record-position"] },
  { name: /body_no_newline/, codes: ["vcf-last-line-unterminated", "vcf-no-records", "vcf-no-samples"] },
  { name: /body_qual/, codes: RECORD },
  {
    name: /body_filter/,
    codes: RECORD,
    outside: "A reserved, repeated or empty last name in FILTER: VariantSpark takes filtered records like all others.",
  },
  {
    name: /body_format|invalid_format/,
    codes: [...RECORD, "vcf-genotypes-not-first", "vcf-genotypes-missing", "vcf-genotype-invalid"],
    outside: "The spelling or repetition of a FORMAT key other than GT, or its type: only GT is read.",
  },
  {
    name: /body_info|invalid_info|invalid_SV|CNVTR|failed_(CNV|STR)/,
    codes: RECORD,
    outside:
      "INFO against its definition (type, number, reserved keys of copy numbers, repeats, structural variants): not used.",
  },
  {
    name: /samples_ploidy|invalid_sample/,
    codes: RECORD,
    outside: "The number or type of values of a FORMAT key other than GT (PL, PSL, PSO, PSQ, CICN): only GT is read.",
  },
  {
    name: /body_sample/,
    codes: [...RECORD, "vcf-genotype-invalid", "vcf-samples-duplicate"],
    outside: "The number or type of values of a FORMAT key other than GT (DS, GL, AL): only GT is read.",
  },
  { name: /fileformat/, codes: ["vcf-version-unsupported", "vcf-fileformat-missing"] },
  { name: /failed_header/, codes: ["vcf-columns-wrong", "vcf-no-samples", "vcf-columns-line-missing"] },
  { name: /failed_empty/, codes: ["empty-file", "vcf-header-blank-line", "vcf-columns-line-missing"] },
  {
    name: /failed_meta/,
    codes: META,
    outside:
      "A definition of metadata (ALT, assembly, contig, FORMAT, INFO, META, PEDIGREE, pedigreeDB, SAMPLE) that VariantSpark's reader gets over: nothing of it is used.",
  },
];

export function ruleOf(path: string): Rule | undefined {
  return RULES.find(({ name }) => name.test(path));
}
