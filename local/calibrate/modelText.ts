import type { EngineModel } from "../../core/sizing/sizingData.ts";

/**
 * The text of sizing-data.json with this model in the place of its own, which is its last member; the rest stays as it
 * was written.
 */
export function modelText(text: string, model: EngineModel): string {
  const at = text.lastIndexOf('  "model": {');
  if (at < 0) throw new Error("The sizing data have no model to replace.");
  const members = JSON.stringify(rounded(model), null, 2).replaceAll("\n", "\n  ");
  return `${text.slice(0, at)}  "model": ${members}\n}\n`;
}

/** Four digits are more than the runs tell. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rounded(member)]));
}
