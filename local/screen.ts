/** What the demo shows in a terminal: findings, options, progress and the report of a run, as plain text. */
import { styleText } from "node:util";
import type { Finding } from "../core/findings/finding.ts";
import type { RunReport } from "../core/report/result.ts";
import { type Run, secondsPerState } from "../core/run/run.ts";
import type { RunView } from "../core/run/runView.ts";
import type { Configuration, Option, Where } from "../core/sizing/estimate.ts";
import { cost, dollars, duration, nodesOfCluster } from "../core/sizing/message.ts";

export const severityColours = { error: "red", prepare: "magenta", warning: "yellow", info: "cyan" } as const;

export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ severity, file, line, byteOffset, message, remedy }) => {
    const place = [file, line && `line ${line}`, byteOffset !== undefined && `byte ${byteOffset}`]
      .filter(Boolean)
      .join(", ");
    const where = file !== undefined && message.includes(file) ? "" : place && `${place}: `;
    const head = `  ${styleText(severityColours[severity], severity.padEnd(7))} ${where}${message}`;
    return remedy ? [head, `          → ${remedy}`] : [head];
  });
}

export function optionLines(options: readonly Option[]): string[] {
  const rows = options.map(({ where, prepare, prepareSeconds, runSeconds, costUsd, configuration, refusal }) =>
    refusal !== undefined
      ? [where, prepare ? "yes" : "-", "-", "-", `not on offer: ${refusal}`]
      : [
          where,
          prepare ? duration(prepareSeconds.expected) : "-",
          `${duration(runSeconds.low)} – ${duration(runSeconds.high)}`,
          cost(costUsd, " – "),
          machinesOf(where, configuration),
        ],
  );
  return table([["option", "prepare", "run", "cost", "on"], ...rows]);
}

function machinesOf(where: Where, { nodes, instanceTypes }: Configuration): string {
  if (where === "local") return "this machine";
  return where === "cluster" ? nodesOfCluster(nodes) : `${nodes} × ${instanceTypes[0]}`;
}

/** "growing trees  [██████······] 300 of 500 trees, 100 % cached" */
export function progressLine({
  phase,
  treesDone,
  treesTotal,
  cachedFraction,
}: NonNullable<RunView["progress"]>): string {
  const width = 30;
  const filled = treesTotal > 0 ? Math.round((treesDone / treesTotal) * width) : 0;
  const cached = cachedFraction === undefined ? "" : `, ${Math.round(cachedFraction * 100)} % cached`;
  const bar = `${"█".repeat(filled)}${"·".repeat(width - filled)}`;
  return `${phase.replaceAll("-", " ").padEnd(15)} [${bar}] ${treesDone} of ${treesTotal} trees${cached}`;
}

export function reportLines(run: RunView, top: number): string[] {
  const { result } = run;
  if (result === undefined) return [];
  const ranked = result.top.slice(0, top).map((v) => [String(v.rank), v.variant, v.importance.toPrecision(4)]);
  const seconds = Object.entries(result.seconds).map(([phase, { predicted, actual }]) => [
    phase,
    `${predicted.toFixed(1)} s`,
    actual === null ? "not measured" : `${actual.toFixed(1)} s`,
  ]);
  const usd = result.costUsd;
  return [
    "",
    styleText("bold", `Ranked variants (${result.withImportance} of ${result.variants} were used by the trees)`),
    ...table([["rank", "variant", "importance"], ...ranked]),
    ...result.notes.map((note) => `  ${note}`),
    "",
    styleText("bold", `Time and cost, as predicted for ${predictedFor(result)} and as it was`),
    ...table([
      ["phase", "predicted", "actual"],
      ...seconds,
      ["cost", dollars(usd.predicted), usd.actual === null ? "unknown" : dollars(usd.actual)],
    ]),
    "",
    styleText("bold", "Time in each state of the machine"),
    ...table(
      secondsPerState({ ...run, history: run.history ?? [] } as Run, new Date()).map(({ state, seconds: s }) => [
        state,
        `${s.toFixed(1)} s`,
      ]),
    ),
  ];
}

function predictedFor({ where, configuration: { nodes, driverCores } }: RunReport): string {
  if (where === "local") return `a machine of ${driverCores} cores`;
  return where === "cluster" ? nodesOfCluster(nodes) : "AWS";
}

/** Columns padded to their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
