/** The parameters of a run: those of POST /runs over those of the study's analysis.json over the defaults. */
import type { Finding } from "../core/findings/finding.ts";
import { counted, found } from "../core/findings/found.ts";
import type { Open } from "../core/inspect/inspectStudy.ts";
import type { Run } from "../core/run/run.ts";
import type { Analysis } from "../core/study/analysis.ts";
import type { StudyFolder } from "../core/study/study.ts";
import { analysisFields, issuesInWords, withDefaults } from "./schemas.ts";

export interface ReadAnalysis {
  readonly analysis: Analysis;
  readonly findings: readonly Finding[];
}

/** 10,000 samples of 60 bytes fit in. */
const MOST_BYTES = 2 ** 20;

/** At most one read. */
export async function readAnalysis(
  { requestedAnalysis }: Pick<Run, "requestedAnalysis">,
  { analysis: object }: Pick<StudyFolder, "analysis">,
  open: Open,
): Promise<ReadAnalysis> {
  const requested = analysisFields.parse(requestedAnalysis ?? {});
  if (object === undefined) return { analysis: withDefaults(requested), findings: [] };
  if (object.size > MOST_BYTES)
    return { analysis: withDefaults(requested), findings: [unreadable(`it has ${counted(object.size, "byte")}`)] };
  const bytes = await (await open(object)).slice(0, object.size);
  const { fields, findings } = parseAnalysis(new TextDecoder().decode(bytes));
  return { analysis: withDefaults({ ...fields, ...requested }), findings };
}

/** When it is unreadable the study is still inspected with the defaults, so that all that is wrong is said at once. */
function parseAnalysis(text: string): { fields: Partial<Analysis>; findings: readonly Finding[] } {
  try {
    const parsed = analysisFields.safeParse(JSON.parse(text.replace(/^\uFEFF/, "")));
    if (parsed.success) return { fields: parsed.data, findings: [] };
    return { fields: {}, findings: [unreadable(issuesInWords(parsed.error))] };
  } catch (error) {
    return { fields: {}, findings: [unreadable(error instanceof Error ? error.message : "not JSON")] };
  }
}

function unreadable(detail: string): Finding {
  return found("analysis-unreadable", { file: "analysis.json" }, `analysis.json cannot be used: ${detail}.`);
}
