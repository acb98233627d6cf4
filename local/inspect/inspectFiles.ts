import { join } from "node:path";
import type { Inspection } from "../../core/inspect/inspection.ts";
import { inspectStudy } from "../../core/inspect/inspectStudy.ts";
import { type FileSource, openFile } from "../prepareMatrix/fileSource.ts";
import type { InspectCommand } from "./commandLine.ts";
import { localAnalysis } from "./localAnalysis.ts";
import { localStudy } from "./localStudy.ts";

export interface InspectedFiles {
  /** Where the findings' files lie; absolute. */
  readonly folder: string;
  readonly inspection: Inspection;
}

/**
 * The pipeline's own inspection, of files on this machine.
 * @throws UsageError if the paths name no study
 */
export async function inspectFiles({ paths, labelColumn }: InspectCommand): Promise<InspectedFiles> {
  const { folder, files, isFolder } = await localStudy(paths);
  const { prefix } = files;
  const pathOf = (key: string) => join(folder, key.slice(prefix.length));
  const { analysis, findings } = await localAnalysis(files.analysis && pathOf(files.analysis.key));
  const sources: FileSource[] = [];
  try {
    const open = async ({ key }: { key: string }) => {
      const source = await openFile(pathOf(key));
      sources.push(source);
      return source;
    };
    const wanted = { ...analysis, ...(labelColumn !== undefined && { labelColumn }) };
    const { inspection } = await inspectStudy(files, wanted, open);
    const ofStudy = isFolder ? inspection.findings : inspection.findings.filter(({ code }) => !ABSENCE.includes(code));
    return { folder, inspection: { ...inspection, findings: [...findings, ...ofStudy] } };
  } finally {
    for (const source of sources) await source.close();
  }
}

/** Whoever names single files has not named the others. */
const ABSENCE: readonly string[] = ["no-vcf", "no-labels"];
