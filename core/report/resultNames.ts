import type { RunReport } from "./result.ts";

/** Files of the run's result folder, the one to read first first. */
export function resultNames({
  chunks,
  oobErrors,
  significance,
}: Pick<RunReport, "chunks" | "oobErrors" | "significance">): string[] {
  const figures = [
    "importance",
    "timeline",
    ...(chunks?.stability ? ["stability"] : []),
    ...(oobErrors.length > 0 ? ["oob-error"] : []),
    ...(significance?.kind === "fitted" ? ["significance"] : []),
  ];
  return ["report.html", "result.json", "importance.csv", ...figures.flatMap((name) => [`${name}.svg`, `${name}.png`])];
}
