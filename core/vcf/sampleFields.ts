/**
 * What htsjdk 2.21, which VariantSpark reads records with, throws on in the fields of a sample behind its GT: it parses DP, GQ, GL and
 * FT, although nobody asked for them, and counts the fields. Others it takes as they are. Tried on it with 45 odd samples.
 */
import { isJavaDouble, isJavaInteger } from "./siteTrouble.ts";

/** @returns why the samples of this FORMAT cannot be read, sample by sample; no genotype in its words */
export function sampleFieldsTrouble(format: string): (sample: string) => string | undefined {
  const keys = format.split(":");
  const parsed = keys.flatMap((key, index) => {
    const trouble = PARSED[key];
    return trouble ? [{ index, trouble }] : [];
  });
  return (sample) => {
    const fields = sample.split(":");
    if (fields.length > keys.length) return "a sample has more fields than FORMAT has keys";
    for (const { index, trouble } of parsed) {
      const field = fields[index];
      const reason = field === undefined || field === "." ? undefined : trouble(field);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

const PARSED: Record<string, (field: string) => string | undefined> = {
  DP: (field) => (isJavaInteger(field) ? undefined : "a DP is no whole number"),
  GQ: (field) => (isJavaDouble(field) ? undefined : "a GQ is no number"),
  GL: glTrouble,
  FT: (field) => (field === "" || field === "0" ? "an FT is no filter" : undefined),
};

function glTrouble(field: string): string | undefined {
  const values = field.split(",");
  const missing = values.filter((value) => value === ".").length;
  if (missing === values.length) return undefined;
  return missing === 0 && values.every(isJavaDouble) ? undefined : "a GL is no list of numbers";
}
