/**
 * What ends the making of a matrix: the data are not what they must be, and a shorter matrix would be wrong in silence.
 * Each code is one of the catalogue of findings, so that a run can show its remedy.
 */
import type { FindingCode } from "../findings/catalogue.ts";

export type MatrixErrorCode = Extract<
  FindingCode,
  | "corrupt-gzip"
  | "truncated-gzip"
  | "bgzf-eof-missing"
  | "line-too-long"
  | "text-too-large"
  | "short-read"
  | "vcf-record-columns"
  | "vcf-record-position"
  | "vcf-genotype-invalid"
  | "vcf-genotypes-not-first"
>;

export class MatrixError extends Error {
  override readonly name = "MatrixError";
  readonly code: MatrixErrorCode;
  /**
   * Offset in the file as it lies there (compressed bytes), as near to the trouble as is known: the record itself in
   * plain text, the block in which it starts in BGZF.
   */
  readonly byteOffset: number;

  /** @param detail what is wrong there; no sample names */
  constructor(code: MatrixErrorCode, byteOffset: number, detail: string, options?: ErrorOptions) {
    super(`${detail} (${code}, byte ${byteOffset})`, options);
    this.code = code;
    this.byteOffset = byteOffset;
  }
}
