/**
 * What one message shows of a labels table. Its cells may be names of samples where none are expected, as in the header of a table
 * with samples as columns: of the VCF's samples at most three are named, whichever cells they stand in, and no genotype.
 */
import { isGenotype, quoted, SHOWN_LENGTH, thousands } from "../findings/found.ts";

const MOST_NAMES = 3;
/** Cells that `list` looks at: a header may have 100,000 of them. */
const MOST_LOOKED_AT = 200;

export class ShownCells {
  readonly #samples: ReadonlySet<string> | undefined;
  readonly #named = new Set<string>();

  /** @param samples those of the VCF; undefined without one, where every cell may be a name */
  constructor(samples: ReadonlySet<string> | undefined) {
    this.#samples = samples;
  }

  /** Quoted, or words in its place if it would be a name too many. */
  shown(cell: string): string {
    return this.take(cell) ? quoted(cell) : "(not named here)";
  }

  /** "a", "b" and 17 more; cells that may not be shown are among the others. */
  list(cells: readonly string[], most = MOST_NAMES): string {
    const shown: string[] = [];
    for (const cell of cells.slice(0, MOST_LOOKED_AT))
      if (shown.length < most && !isGenotype(cell) && this.take(cell)) shown.push(quoted(cell));
    const more = cells.length - shown.length;
    if (shown.length === 0) return `${thousands(more)} that are not named here`;
    return more > 0 ? `${shown.join(", ")} and ${thousands(more)} more` : shown.join(", ");
  }

  /** Whether the names that stand in it may be shown beside those taken before; they count from now on. */
  take(cell: string): boolean {
    const all = new Set([...this.#named, ...(this.#samples ? samplesIn(cell, this.#samples) : [cell])]);
    if (all.size > MOST_NAMES) return false;
    for (const name of all) this.#named.add(name);
    return true;
  }
}

/** Whether most columns behind the first are samples: "feature,S1,S2,…". */
export function looksTransposed(columns: readonly string[], samples: ReadonlySet<string> | undefined): boolean {
  if (samples === undefined) return false;
  const others = columns.slice(1, MOST_LOOKED_AT);
  const named = others.filter((name) => samplesIn(name, samples).length > 0).length;
  return named > 1 && 2 * named > others.length;
}

export const TRANSPOSED_REMEDY =
  "The table looks transposed, with the samples as columns: write one row per sample, for example sample,label in the first line and one sample with its label in each further one.";

/** The cell itself, or names within it: "NA12878.GT" (GATK), "[5]NA12878:GT" (bcftools), or many that another separator parts. */
function samplesIn(cell: string, samples: ReadonlySet<string>): string[] {
  if (samples.has(cell)) return [cell];
  const text = cell.slice(0, SHOWN_LENGTH);
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(
    ({ index, 0: word }) => [index, index + word.length] as const,
  );
  const parts = words.flatMap(([start], at) => words.slice(at).map(([, end]) => text.slice(start, end)));
  return [...new Set(parts)].filter((part) => samples.has(part));
}
