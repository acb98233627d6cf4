/**
 * Whether htsjdk 2.21, which VariantSpark reads headers with, gets over a line of metadata; it would end the run after its
 * nodes were paid for. Held against it with 110 odd lines in VCF 4.1, 4.2 and 4.3, and with the headers of the public
 * conformance files (docs/decisions/conformance.md).
 */

const DEFINITION = ["ID", "Number", "Type", "Description"];
const ORDER: Record<string, readonly string[]> = {
  INFO: DEFINITION,
  FORMAT: DEFINITION,
  FILTER: ["ID", "Description"],
  ALT: ["ID", "Description"],
};
const PLAIN_WITH_ID = /^<ID=[^",>]*(?:,[^"]*|>)$/;
const TYPES = ["Integer", "Float", "Flag", "Character", "String"];

/**
 * Why the line cannot be read; undefined if it can.
 * @param fileFormat what the fileformat line says, as far as there was one
 */
export function metaLineTrouble(line: string, fileFormat?: string): string | undefined {
  const [, key = "", value = ""] = /^##(INFO|FORMAT|FILTER|ALT|contig|SAMPLE|META|PEDIGREE)=(.*)$/s.exec(line) ?? [];
  if (key === "" || (key === "PEDIGREE" && fileFormat !== "VCFv4.3")) return undefined;
  const order = ORDER[key];
  // Thousands of contigs are all alike.
  if (order === undefined && PLAIN_WITH_ID.test(value)) return undefined;
  const tags = tagsOf(value);
  if (tags === undefined) return "a quote is not closed";
  if (order === undefined) return tags.has("ID") ? undefined : `${key} has no ID`;
  const names = [...tags.keys()];
  if (names.length === 0 || order.some((name, index) => names[index] !== undefined && names[index] !== name))
    return `${key} must begin with <${order.map((name) => `${name}=…`).join(",")}>, in this order`;
  return order === DEFINITION ? definitionTrouble(key, tags) : undefined;
}

function definitionTrouble(key: string, tags: ReadonlyMap<string, string>): string | undefined {
  const number = tags.get("Number") ?? "";
  const type = tags.get("Type") ?? "";
  if (!/^(\d{1,9}|[ARG.])$/.test(number)) return "Number must be a count, A, R, G or a dot";
  if (!TYPES.includes(type)) return `Type must be one of ${TYPES.join(", ")}, in this spelling`;
  if (type === "Flag") return key === "FORMAT" ? "FORMAT cannot have Type=Flag" : undefined;
  return Number(number) === 0 ? "Number=0 goes with Type=Flag only" : undefined;
}

/** As htsjdk's VCF4Parser splits `<ID=a,Description="b, c">`: a tag counts when a comma or the last ">" ends it. */
function tagsOf(value: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  let name = "";
  let text = "";
  let isQuoted = false;
  let isEscaped = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '"' && !isEscaped) isQuoted = !isQuoted;
    else if (isQuoted) {
      isEscaped = character === "\\" && !isEscaped;
      text += character;
    } else if (character === "=") {
      name = text.trim();
      text = "";
    } else if (character === "," || (character === ">" && at === value.length - 1)) {
      tags.set(name, text.trim());
      text = "";
    } else if (character !== "<" && character !== ">") text += character;
  }
  return isQuoted ? undefined : tags;
}
