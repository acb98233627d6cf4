/**
 * Ten million points do not fit into a picture, but a picture has only so many places: what is kept is each place in
 * which at least one variant lies. So nothing disappears, and of each column the most important variant is there.
 */
import { inGenomeOrder } from "./contigOrder.ts";
import type { ImportanceTable } from "./importanceTable.ts";

/** Places of the picture, across the genome and from nothing to the highest importance. */
export const grid = { columns: 900, levels: 150 };

export interface PlacedContig {
  readonly name: string;
  /** Share of the genome, 0 to 1, at which it starts and ends. */
  readonly start: number;
  readonly end: number;
  /** Positions at these. */
  readonly first: number;
  readonly last: number;
}

export interface ThinnedImportance {
  readonly contigs: readonly PlacedContig[];
  /** Levels side by side that hold a variant in one column: levels `from` up to and with `to`, 0 = the lowest. */
  readonly runs: readonly { readonly column: number; readonly from: number; readonly to: number }[];
  /** Importance at the picture's lower and upper edge. */
  readonly lowest: number;
  readonly highest: number;
  /** Variants that the runs stand for. */
  readonly variants: number;
  /** Share of the genome at which a variant lies. */
  place(contig: string, pos: number): number;
}

export function thinned(table: ImportanceTable): ThinnedImportance {
  const layout = layoutOf(table);
  const [lowest, highest] = extent(table.importances);
  const occupied = new Uint8Array(grid.columns * grid.levels);
  const perLevel = grid.levels / (highest - lowest || 1);
  const starts = table.contigs.map((name) => layout.start(name));
  for (let row = 0; row < table.rows; row++) {
    const share = ((starts[table.contigOf[row] ?? 0] ?? 0) + (table.positions[row] ?? 0)) / layout.length;
    const column = Math.min(Math.floor(share * grid.columns), grid.columns - 1);
    const level = Math.min(Math.floor(((table.importances[row] ?? 0) - lowest) * perLevel), grid.levels - 1);
    occupied[column * grid.levels + level] = 1;
  }
  return {
    contigs: layout.contigs,
    runs: runsOf(occupied),
    lowest,
    highest,
    variants: table.rows,
    place: (contig, pos) => (layout.start(contig) + pos) / layout.length,
  };
}

/** Contigs one after the other, each as long as its last variant's position, with a hundredth of the whole between them. */
function layoutOf({ rows, contigs, contigOf, positions }: ImportanceTable) {
  const lengths = new Float64Array(contigs.length);
  for (let row = 0; row < rows; row++) {
    const contig = contigOf[row] ?? 0;
    lengths[contig] = Math.max(lengths[contig] ?? 0, positions[row] ?? 0);
  }
  const firsts = new Map<string, number>();
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const gap = contigs.length > 50 ? 0 : total / 200;
  // A single contig may be a small region of a long chromosome: it starts where its variants do.
  const origin = contigs.length === 1 ? Math.max(lowestOf(positions) - 1, 0) : 0;
  let end = 0;
  for (const name of inGenomeOrder(contigs)) {
    firsts.set(name, end - origin);
    end += (lengths[contigs.indexOf(name)] ?? 0) - origin + gap;
  }
  const length = Math.max(end - gap, 1) * 1.0001;
  const placed = [...firsts].map(([name, start]) => ({
    name,
    start: (start + origin) / length,
    end: (start + (lengths[contigs.indexOf(name)] ?? 0)) / length,
    first: origin,
    last: lengths[contigs.indexOf(name)] ?? 0,
  }));
  return { contigs: placed, length, start: (name: string) => firsts.get(name) ?? 0 };
}

function lowestOf(positions: Int32Array): number {
  return positions.reduce((lowest, pos) => Math.min(lowest, pos), Number.POSITIVE_INFINITY);
}

/** From 0, or from below it where importances are corrected (AIR) and may be negative. */
function extent(importances: Float64Array): [number, number] {
  let [lowest, highest] = [0, 0];
  for (const importance of importances) {
    if (importance > highest) highest = importance;
    if (importance < lowest) lowest = importance;
  }
  return [lowest, highest];
}

function runsOf(occupied: Uint8Array): { column: number; from: number; to: number }[] {
  const runs: { column: number; from: number; to: number }[] = [];
  for (let column = 0; column < grid.columns; column++)
    for (let level = 0; level < grid.levels; level++) {
      if (occupied[column * grid.levels + level] === 0) continue;
      const from = level;
      while (level + 1 < grid.levels && occupied[column * grid.levels + level + 1] === 1) level++;
      runs.push({ column, from, to: level });
    }
  return runs;
}
