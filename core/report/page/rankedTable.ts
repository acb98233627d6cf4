import type { ResultDocument } from "../result.ts";
import { shortened } from "../shortened.ts";
import { type Html, html, trusted } from "./html.ts";

type Row = ResultDocument["ranked"][number];

/** Ready to be read, sorted by rank; the script adds searching and sorting. */
export function rankedTable({ ranked, significance, build }: ResultDocument): Html {
  const isJudged = significance?.kind === "fitted";
  const passingOnly = html`<label><input type="checkbox" id="passing"> Only those that pass the local false discovery rate</label>`;
  return html`
<div class="controls" id="controls" hidden>
<label>Search <input type="search" id="search" placeholder="22, 16050408, T…" autocomplete="off"></label>
${isJudged ? passingOnly : undefined}
<span id="shown" role="status"></span>
</div>
<div class="scroll" role="region" aria-label="Ranked variants" tabindex="0">
<table id="ranked">
<caption class="skip">Variants by importance, the most important first</caption>
<thead><tr>${columnsOf(isJudged).map(heading)}</tr></thead>
<tbody>${ranked.map((row) => tableRow(row, isJudged, build))}</tbody>
</table>
</div>`;
}

const SNP_COLUMN = "dbSNP, GRCh";

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly isSorted?: boolean;
}

function columnsOf(isJudged: boolean): Column[] {
  const judged: Column[] = [
    { name: "p-value", isNumber: true },
    { name: "Local FDR", isNumber: true },
    { name: "Passes" },
  ];
  return [
    { name: "Rank", isNumber: true, isSorted: true },
    { name: "Variant" },
    { name: "Contig" },
    { name: "Position", isNumber: true },
    { name: "Ref" },
    { name: "Alt" },
    { name: "Importance", isNumber: true },
    ...(isJudged ? judged : []),
    { name: SNP_COLUMN },
  ];
}

function heading({ name, isNumber, isSorted }: Column): Html {
  const sort = trusted(isSorted ? ' aria-sort="ascending"' : "");
  if (name === SNP_COLUMN) return html`<th scope="col">${name}</th>`;
  return html`<th scope="col"${sort}${trusted(isNumber ? ' class="number"' : "")}><button type="button">${name}</button></th>`;
}

function tableRow(row: Row, isJudged: boolean, build: ResultDocument["build"]): Html {
  const { rank, variant, contig, pos, ref, alts, importance, passes } = row;
  return html`<tr${trusted(passes ? ' data-passes="yes"' : "")}>${number(rank, String(rank))}<th scope="row" class="long">${shortened(variant)}</th><td class="long">${shortened(contig)}</td>${number(pos, String(pos))}<td class="long">${shortened(ref)}</td><td class="long">${shortened(alts.join(", "))}</td>${number(importance, importance.toPrecision(5))}${isJudged ? judgement(row) : undefined}<td class="links">${links(contig, pos, build)}</td></tr>
`;
}

function judgement({ pValue, localFdr, passes }: Row): Html {
  if (pValue === undefined || localFdr === undefined)
    return html`<td class="number" data-value="2">–</td><td class="number" data-value="2">–</td><td>not judged</td>`;
  const word = passes ? html`<span class="badge">passes</span>` : html`no`;
  return html`${number(pValue, brief(pValue))}${number(localFdr, brief(localFdr))}<td>${word}</td>`;
}

function number(value: number, text: string): Html {
  return html`<td class="number" data-value="${value}">${text}</td>`;
}

function brief(probability: number): string {
  return probability !== 0 && probability < 1e-3 ? probability.toExponential(1) : probability.toPrecision(2);
}

const DBSNP_CONTIG = /^(?:chr)?(\d{1,2}|X|Y|MT?)$/i;

/**
 * dbSNP's Entrez search by position; a field of its own for each build (ncbi.nlm.nih.gov/snp/docs/entrez_help). Both where the build is
 * not known; dbSNP has no positions of T2T-CHM13.
 */
function links(contig: string, pos: number, build: ResultDocument["build"]): Html {
  const name = DBSNP_CONTIG.exec(contig)?.[1]?.toUpperCase();
  if (name === undefined || build === "T2T-CHM13") return html`–`;
  const chromosome = name === "M" ? "MT" : name;
  const link = (build: string, field: string) => {
    const term = encodeURIComponent(`${pos}[${field}] AND ${chromosome}[CHR]`);
    return html`<a href="https://www.ncbi.nlm.nih.gov/snp/?term=${term}" rel="noopener noreferrer" aria-label="dbSNP at ${chromosome}:${pos} of GRCh${build}">${build}</a>`;
  };
  const searches = [
    ...(build === "GRCh37" ? [] : [link("38", "POSITION")]),
    ...(build === "GRCh38" ? [] : [link("37", "POSITION_GRCH37")]),
  ];
  return html`${searches}`;
}
