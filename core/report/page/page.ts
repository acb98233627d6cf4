/**
 * The report of a run: one HTML file that opens from disk and fetches nothing. Its policy allows only the style and the
 * script that it brings along, told by their hashes, so that a contig named `</script>` can at worst be read.
 */
import { createHash } from "node:crypto";
import { thousands } from "../../findings/found.ts";
import { type Figure, inlineSvg } from "../figures/svg.ts";
import type { ResultDocument } from "../result.ts";
import type { Significance } from "../significance.ts";
import { inputs, list, machine, parameters, predictions, tiles } from "./facts.ts";
import { type Html, html, trusted } from "./html.ts";
import { rankedTable } from "./rankedTable.ts";
import { script } from "./script.ts";
import { stabilityText } from "./stability.ts";
import { style } from "./style.ts";

export interface Figures {
  readonly importance: Figure;
  readonly timeline: Figure;
  readonly stability?: Figure;
  readonly oobError?: Figure;
  readonly significance?: Figure;
}

export function reportPage(result: ResultDocument, figures: Figures): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${result.runId} – VariantSpark</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<h1>VariantSpark run ${result.runId}</h1>
<p class="quiet">${result.study.bucket}/${result.study.prefix}, reported <time datetime="${result.reportedAt}">${result.reportedAt.slice(0, 16).replace("T", " ")} UTC</time></p>
</header>
<main id="content">
${tiles(result)}
${sections(result, figures)}
</main>
<footer>VariantSpark Pipeline. The importance of a variant is how much splitting samples by it cleans up their labels, added up over the forest; it tells no direction and no size of an effect.</footer>
<script type="module">${trusted(script)}</script>
</body>
</html>
`.html;
}

/** Hashes are over the elements' text. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(style)}'`,
  `script-src 'sha256-${sha256(script)}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

function ofBuild({ build }: ResultDocument): string {
  if (build === undefined)
    return "The genome build of the positions is not known here: take the dbSNP link of the build that the study was called on.";
  const links = build === "T2T-CHM13" ? "dbSNP has no positions of that build" : "the dbSNP links search there";
  return `By the lengths of the chromosomes the positions are of ${build}: ${links}.`;
}

function sections(
  result: ResultDocument,
  { importance, timeline, stability, oobError, significance }: Figures,
): readonly Html[] {
  const judged = result.significance;
  const trust = stabilityText(result, stability && figure(stability, stabilityCaption));
  return [
    section("Importance", figure(importance, importanceCaption(result))),
    section("Ranked variants", html`<p>${howMany(result)} ${ofBuild(result)}</p>${rankedTable(result)}`),
    ...(trust ? [section("How stable the ranking is", trust)] : []),
    ...(judged ? [section("Significance", significanceText(judged, significance))] : []),
    ...(oobError
      ? [
          section(
            "Out-of-bag error",
            figure(
              oobError,
              "The share of samples told wrong by the trees that were grown without them, as trees were added.",
            ),
          ),
        ]
      : []),
    section(
      "Time and cost",
      html`${figure(timeline, "States of the pipeline, and under them the phases of VariantSpark, as exact as the looks at its log were frequent.")}${predictions(result)}`,
    ),
    section("Machines", machine(result)),
    section("For the next run", list(result.advice, "Nothing speaks for a change.")),
    ...(result.notes.length > 0 ? [section("Notes", list(result.notes, ""))] : []),
    section("Parameters and versions", parameters(result)),
    section("Inputs", inputs(result)),
    section("Repeat this run", repeat(result)),
  ];
}

const stabilityCaption =
  "The share of their first variants that both halves of the forest have, after each chunk. Where the dots change colour the ranking is stable.";

function section(title: string, content: Html): Html {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>
`;
}

function figure(drawn: Figure, caption: string): Html {
  return html`<figure>${trusted(inlineSvg(drawn))}<figcaption>${caption}</figcaption></figure>`;
}

function howMany({ ranked, withImportance }: ResultDocument): string {
  const listed = thousands(ranked.length);
  if (ranked.length === withImportance) return `All ${listed} variants that a tree used.`;
  return `The first ${listed} of ${thousands(withImportance)}; importance.csv has all.`;
}

function importanceCaption({ ranked, withImportance, variants }: ResultDocument): string {
  const others = variants - withImportance;
  const unused = others > 0 ? ` ${thousands(others)} variants were used by no tree and have no importance.` : "";
  const all = `Shown are all ${thousands(withImportance)} variants that a tree used`;
  if (ranked.length === withImportance) return `${all}.${unused}`;
  return `${all}: the ${thousands(ranked.length)} of the table one by one, of the others every place of the picture in which at least one lies.${unused}`;
}

function significanceText(significance: Significance, drawn: Figure | undefined): Html {
  if (significance.kind === "not-possible")
    return html`<p>A local false discovery rate cannot be given. ${significance.reason}</p>`;
  const { passing, variants, threshold, importanceAbove, falseShare, splitsAtLeast, doubts } = significance;
  const splits =
    splitsAtLeast === undefined || splitsAtLeast < 2
      ? ""
      : `, those that trees split by at least ${splitsAtLeast} times`;
  const outcome =
    importanceAbove === undefined || falseShare === undefined
      ? `Of ${thousands(variants)} variants judged${splits}, none reaches a local false discovery rate of ${threshold}: nothing stands out from chance.`
      : `Of ${thousands(variants)} variants judged${splits}, ${thousands(passing)} reach a local false discovery rate of ${threshold}: those with an importance above ${importanceAbove.toPrecision(4)}. Of these, ${(100 * falseShare).toPrecision(2)} % are expected to be there by chance.`;
  const trust =
    doubts.length === 0
      ? html``
      : html`<div class="doubts"><p><strong>Reasons to doubt it:</strong></p>${list(doubts, "")}</div>`;
  return html`<p>${outcome}</p>${trust}
${drawn ? figure(drawn, "Where the smoothed density of all variants rises above that of variants without an effect, the local false discovery rate falls.") : undefined}
<p class="quiet">Method: RFlocalfdr, Dunne et al. 2023, Computational and Structural Biotechnology Journal 21:4354–4360, <a href="https://doi.org/10.1016/j.csbj.2023.08.033" rel="noopener noreferrer">doi:10.1016/j.csbj.2023.08.033</a>, as in variant-spark 0.5.5. Variants that are inherited together share their importance: the method does not know of that.</p>`;
}

function repeat({ runId, study, chunks, parameters: analysis }: ResultDocument): Html {
  const body = JSON.stringify(
    { bucket: study.bucket, prefix: study.prefix, analysis: { ...analysis, seed: analysis.seed + 1 } },
    null,
    2,
  );
  return html`<p>With the same files, seed, ${chunks ? "chunks, " : ""}partitions and version the same importances come out. Another seed shows which ranks are stable:</p>
<pre><code>run = pipeline.run(${JSON.stringify(runId)})
again = run.again(trees=${analysis.trees}, seed=${analysis.seed + 1})</code></pre>
<p>Or through the API:</p>
<pre><code>POST /runs
${body}</code></pre>`;
}
