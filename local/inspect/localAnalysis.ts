/** What analysis.json says about the labels. The pipeline checks all of it; here only what inspection needs is read. */
import { readFile } from "node:fs/promises";
import type { Finding } from "../../core/findings/finding.ts";
import { found } from "../../core/findings/found.ts";
import type { SampleFilters } from "../../core/inspect/sampleFindings.ts";

export interface LocalAnalysis {
  readonly labelColumn?: string;
  readonly filters?: SampleFilters;
}

export async function localAnalysis(
  path: string | undefined,
): Promise<{ readonly analysis: LocalAnalysis; readonly findings: readonly Finding[] }> {
  if (path === undefined) return { analysis: {}, findings: [] };
  try {
    return { analysis: analysisOf(JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, ""))), findings: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      analysis: {},
      findings: [found("analysis-unreadable", { file: "analysis.json" }, `analysis.json: ${reason}.`)],
    };
  }
}

function analysisOf(document: unknown): LocalAnalysis {
  const { labelColumn, filters } = objectOf(document, "it");
  if (labelColumn !== undefined && typeof labelColumn !== "string") throw new TypeError("labelColumn must be a text");
  const chosen = filters === undefined ? undefined : sampleFilters(objectOf(filters, "filters"));
  return { ...(labelColumn !== undefined && { labelColumn }), ...(chosen && { filters: chosen }) };
}

function sampleFilters({ samples, onlyLabelled }: Record<string, unknown>): SampleFilters {
  const isList = Array.isArray(samples) && samples.every((name) => typeof name === "string");
  if (samples !== undefined && !isList) throw new TypeError("filters.samples must be a list of names");
  if (onlyLabelled !== undefined && typeof onlyLabelled !== "boolean")
    throw new TypeError("filters.onlyLabelled must be true or false");
  return { ...(isList && { samples }), ...(onlyLabelled !== undefined && { onlyLabelled }) };
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`${name} must be an object`);
  return { ...value };
}
