/** What is known about the run, as tables and lists. */
import { thousands } from "../../findings/found.ts";
import { isOnAws, type Where } from "../../sizing/estimate.ts";
import { bytesInWords } from "../advice.ts";
import { durationInWords } from "../figures/timeline.ts";
import type { PredictedAndActual, ResultDocument } from "../result.ts";
import { shortened } from "../shortened.ts";
import { type Html, html } from "./html.ts";

const places: Readonly<Record<Where, string>> = {
  "aws-spot": "AWS, spot nodes",
  "aws-on-demand": "AWS, on-demand nodes",
  cluster: "the laboratory's Kubernetes cluster",
  local: "the researcher's machine",
};
const phases = [
  ["start", "Nodes and engine start"],
  ["load", "Data is read and cached"],
  ["trees", "Trees grow"],
  ["finish", "Results are written"],
  ["total", "Altogether"],
] as const;

const costRows = [
  ["nodes", "of which nodes (EC2)"],
  ["driver", "of which the driver's share of its node"],
  ["emr", "of which EMR on EKS"],
  ["cluster", "of which the cluster (EKS)"],
  ["disks", "of which disks (EBS)"],
  ["lambda", "of which Lambda, preparing"],
  ["s3", "of which S3, preparing and the matrix's first month"],
] as const;

export function tiles({
  variants,
  withImportance,
  ranked,
  seconds,
  costUsd,
  use,
  where,
  significance,
}: ResultDocument): Html {
  const [top] = ranked;
  const cached = use.cachedFraction === null ? "not known" : percent(use.cachedFraction);
  const judged =
    significance?.kind === "fitted"
      ? [tile("Pass the local FDR", thousands(significance.passing), `of ${thousands(significance.variants)} judged`)]
      : [];
  return html`<dl class="tiles">${[
    tile(
      "Most important",
      top ? shortened(top.variant) : "none",
      top ? `importance ${top.importance.toPrecision(4)}` : "",
    ),
    tile("Variants analysed", thousands(variants), `${thousands(withImportance)} used by a tree`),
    ...judged,
    tile(
      "Time",
      seconds.total.actual === null ? "not known" : durationInWords(seconds.total.actual),
      `predicted ${durationInWords(seconds.total.predicted)}`,
    ),
    tile("Cost", usd(costUsd.actual), !isOnAws(where) ? places[where] : `predicted ${usd(costUsd.predicted)}`),
    tile("Data in memory", cached, "at the end of the run"),
  ]}</dl>`;
}

function tile(name: string, value: string, more: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd><dd class="small">${more}</dd></div>`;
}

export function predictions({ seconds, costUsd, costParts, costBasis }: ResultDocument): Html {
  const row = (name: string, { predicted, actual }: PredictedAndActual, words: (value: number) => string) =>
    html`<tr><th scope="row">${name}</th><td class="number">${words(predicted)}</td><td class="number">${actual === null ? "not known" : words(actual)}</td><td class="number">${ratio(predicted, actual)}</td></tr>`;
  const parts = costRows.flatMap(([part, name]) => {
    const paid = costParts[part];
    return paid ? [row(name, paid, usd)] : [];
  });
  return html`<table><caption class="skip">Predicted against actual time and cost</caption>
<thead><tr><th scope="col">Part</th><th scope="col" class="number">Predicted</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Actual of predicted</th></tr></thead>
<tbody>${phases.map(([key, name]) => row(name, seconds[key], durationInWords))}${row("Cost", costUsd, usd)}${parts}</tbody></table>${costBasis === null ? undefined : html`<p class="quiet">${costBasis}</p>`}`;
}

export function machine({ use, configuration, where }: ResultDocument): Html {
  const cores =
    use.coresBusy === null ? "not measured" : `${use.coresBusy.toFixed(1)} busy on average while trees grew`;
  const memory = use.cachedBytes === null ? "not measured" : `${bytesInWords(use.cachedBytes)} of data held`;
  return facts("Machines", [
    ["Where", places[where]],
    ["Nodes", nodesInWords(where, configuration)],
    ["Cores", `${use.coresPaid} for the run, ${cores}`],
    ["Memory for the data", `${bytesInWords(use.cacheBytes)} for the run, ${memory}`],
    ["Trees side by side", String(configuration.batchSize)],
  ]);
}

function nodesInWords(where: Where, { nodes, instanceTypes }: ResultDocument["configuration"]): string {
  if (where === "local") return "one machine";
  return where === "cluster" ? `${nodes} of the cluster` : `${nodes} × ${instanceTypes.join(" or ")}`;
}

export function parameters({ parameters: analysis, versions }: ResultDocument): Html {
  const given = Object.entries(analysis).map(
    ([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)] as const,
  );
  return facts("Parameters and versions", [
    ...given,
    ["VariantSpark", versions.variantSpark],
    ["Spark", versions.spark ?? "not known"],
  ]);
}

export function inputs({ inputs: read }: ResultDocument): Html {
  return html`<table><caption class="skip">Inputs and their digests</caption><thead><tr><th scope="col">Input</th><th scope="col">Digest</th><th scope="col" class="number">Size</th></tr></thead>
<tbody>${read.map(({ name, digest, bytes }) => html`<tr><th scope="row" class="long">${name}</th><td class="long">${digest}</td><td class="number">${bytes === undefined ? "" : bytesInWords(bytes)}</td></tr>`)}</tbody></table>`;
}

export function list(items: readonly string[], none: string): Html {
  return items.length === 0 ? html`<p>${none}</p>` : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function facts(caption: string, rows: readonly (readonly [string, string])[]): Html {
  return html`<table><caption class="skip">${caption}</caption><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="long">${value}</td></tr>`)}</tbody></table>`;
}

function ratio(predicted: number, actual: number | null): string {
  return actual === null || predicted === 0 ? "–" : percent(actual / predicted);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function usd(value: number | null): string {
  if (value === null) return "not known";
  return `${value.toFixed(value !== 0 && value < 0.1 ? 4 : 2)} USD`;
}
