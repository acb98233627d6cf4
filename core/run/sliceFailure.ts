/** Why a slice could not be converted, in the words of the catalogue of findings, with file and place. */
import { findingCatalogue } from "../findings/catalogue.ts";
import { printable } from "../findings/printable.ts";
import type { MatrixErrorCode } from "../matrix/matrixError.ts";
import type { Failure } from "./failure.ts";

/** What is wrong with the data of a slice. */
export interface SliceTrouble {
  readonly code: MatrixErrorCode | "source-changed";
  /** The VCF: its object key, or its path on a laptop. */
  readonly key: string;
  /** Offset in the VCF as it lies there. */
  readonly byteOffset?: number;
  readonly message: string;
}

export function sliceFailure({ code, key, byteOffset, message }: SliceTrouble, prefix: string): Failure {
  const place = `${printable(key.slice(prefix.length))}${byteOffset === undefined ? "" : ` near byte ${byteOffset}`}`;
  return { code, message: `${place}: ${message}`, remedy: remedyOf(code) };
}

function remedyOf(code: SliceTrouble["code"]): string {
  if (code === "source-changed")
    return "Leave the study's files alone while a run reads them, and start the run again.";
  return findingCatalogue[code].remedy;
}
