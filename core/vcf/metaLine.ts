/**
 * Whether htsjdk 2.21, which VariantSpark reads headers with, gets over a line of metadata. Of 35 odd lines tried on it
 * in VCF 4.1, 4.2 and 4.3 it threw on those refused here, and on ##PEDIGREE without ID in 4.3. That would end the run
 * after its nodes were paid for.
 */

const TYPES = ["Integer", "Float", "Flag", "Character", "String"];

/** Why the line cannot be read; undefined if it can. */
export function metaLineTrouble(line: string): string | undefined {
  const [, key, value = ""] = /^##(INFO|FORMAT|FILTER|contig)=(.*)$/s.exec(line) ?? [];
  switch (key) {
    case "INFO":
    case "FORMAT":
      return quotesTrouble(value) ?? fieldTrouble(key, value);
    case "FILTER":
      return quotesTrouble(value) ?? (/^<\s*ID=/.test(value) ? undefined : "FILTER must begin with <ID=");
    case "contig":
      return /[<,]\s*ID=/.test(value) ? undefined : "contig has no ID";
    default:
      return undefined;
  }
}

function fieldTrouble(key: "INFO" | "FORMAT", value: string): string | undefined {
  const [, number = "", type = ""] = /^<\s*ID=[^,]*,\s*Number=([^,]*),\s*Type=([^,>]*)/.exec(value) ?? [];
  if (type === "") return `${key} must begin with <ID=…,Number=…,Type=…, in this order`;
  if (!/^(\d+|[ARG.])$/.test(number.trim())) return `Number must be a count, A, R, G or a dot`;
  if (!TYPES.includes(type.trim())) return `Type must be one of ${TYPES.join(", ")}, in this spelling`;
  return key === "FORMAT" && type.trim() === "Flag" ? "FORMAT cannot have Type=Flag" : undefined;
}

function quotesTrouble(value: string): string | undefined {
  const quotes = value.replace(/\\./g, "").split('"').length - 1;
  return quotes % 2 === 0 ? undefined : "a quote is not closed";
}
