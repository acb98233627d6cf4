/** The parameters of a run: from POST /runs, else from the study's analysis.json, else the defaults. */
import { readDocument } from "../aws/objects.ts";
import type { Finding } from "../core/findings/finding.ts";
import type { Run } from "../core/run/run.ts";
import type { Analysis } from "../core/study/analysis.ts";
import type { StudyFolder } from "../core/study/study.ts";
import { analysisSchema, issuesInWords } from "./schemas.ts";

export interface ReadAnalysis {
  readonly analysis: Analysis;
  readonly findings: readonly Finding[];
}

export async function readAnalysis(run: Run, folder: StudyFolder): Promise<ReadAnalysis> {
  if (run.requestedAnalysis !== undefined)
    return { analysis: analysisSchema.parse(run.requestedAnalysis), findings: [] };
  if (folder.analysis === undefined) return { analysis: analysisSchema.parse({}), findings: [] };
  const document = await readDocument(run.study.bucket, folder.analysis.key);
  return parseAnalysis(document?.text ?? "");
}

function parseAnalysis(text: string): ReadAnalysis {
  try {
    const parsed = analysisSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, "")));
    if (parsed.success) return { analysis: parsed.data, findings: [] };
    return unreadable(issuesInWords(parsed.error));
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : "not JSON");
  }
}

/** The study is still inspected with the defaults, so that all that is wrong is said at once. */
function unreadable(detail: string): ReadAnalysis {
  const finding: Finding = {
    code: "analysis-unreadable",
    severity: "error",
    file: "analysis.json",
    message: `analysis.json cannot be used: ${detail}.`,
    remedy: "Correct analysis.json and upload it again; without the file the defaults apply.",
  };
  return { analysis: analysisSchema.parse({}), findings: [finding] };
}
