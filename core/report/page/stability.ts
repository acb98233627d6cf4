/** How far the order of a forest in chunks may be trusted, in words. */
import { counted, thousands } from "../../findings/found.ts";
import { treesOf } from "../../run/forestChunks.ts";
import type { ResultDocument } from "../result.ts";
import { type Stability, stableFrom } from "../stability.ts";
import { type Html, html } from "./html.ts";

/** @param drawn the figure, where there are halves to compare */
export function stabilityText({ chunks, parameters }: ResultDocument, drawn: Html | undefined): Html | undefined {
  if (chunks === undefined) return undefined;
  const { grown, planned, stability } = chunks;
  const trees = treesOf(grown);
  const isLeft = grown.length < planned;
  const ofPlanned = isLeft
    ? `, of ${planned} that were planned for ${thousands(parameters.trees)}: it was left early, and the notes say why`
    : "";
  return html`<p>The forest grew ${counted(trees, "tree")} in ${counted(grown.length, "chunk")}${ofPlanned}.</p>
<p>${stability ? meaning(stability) : "There are no two chunks to compare, so nothing is known of how stable the ranking is."}</p>
${drawn}<p class="quiet">Seeds of the chunks: ${grown.map(({ seed }) => seed).join(", ")}.</p>`;
}

function meaning(stability: Stability): string {
  const { compared, agreement, sameFirst } = stability;
  const first = `first ${counted(compared, "variant")}`;
  return `Its chunks of odd and of even number are two forests with seeds of their own, as two runs would be: they share ${Math.round(100 * agreement)} % of their ${first}, and ${same(sameFirst)}; the whole forest is steadier than its halves. ${verdict(stability, first)}`;
}

function same(sameFirst: number): string {
  if (sameFirst === 0) return "differ from the first on";
  return sameFirst === 1 ? "have the same one first" : `have the same ${sameFirst} first, in whatever order`;
}

function verdict({ history, sameFirst }: Stability, first: string): string {
  const from = stableFrom(history);
  if (from !== undefined)
    return `The ranking is stable from ${thousands(from)} trees on: more trees are not expected to change the ${first}.`;
  return `The ranking is not stable yet: more trees may change the ${first}. ${trusted(sameFirst)} Where fewer variants than that stand out from chance, the rest never agrees.`;
}

function trusted(sameFirst: number): string {
  if (sameFirst === 0) return "No part of the order may be trusted so far.";
  return `Until then trust ${sameFirst === 1 ? "the first one" : `the first ${sameFirst} as a group`}, not what comes below.`;
}
