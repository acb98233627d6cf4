/** Why a slice could not be converted, in the words of the catalogue of findings, with file and place. */
import { type FindingCode, findingCatalogue } from "../findings/catalogue.ts";
import type { Failure } from "./failure.ts";

export interface SliceTrouble {
  readonly code: string;
  readonly key: string;
  readonly byteOffset?: number;
  readonly message: string;
}

export function sliceFailure({ code, key, byteOffset, message }: SliceTrouble, prefix: string): Failure {
  const place = `${key.slice(prefix.length)}${byteOffset === undefined ? "" : ` near byte ${byteOffset}`}`;
  return { code, message: `${place}: ${message}`, remedy: remedyOf(code) };
}

function remedyOf(code: string): string {
  if (code in findingCatalogue) return findingCatalogue[code as FindingCode].remedy;
  return "Leave the study's files alone while a run reads them, and start the run again.";
}
