/**
 * How large the trees of a forest become, before they are grown. VariantSpark splits until nodes are pure; how soon that is
 * depends on the samples, on how many variants a node may choose from, and on how mixed the labels are. The constants
 * are fitted to the models (-om) of 20 trees each over made cohorts of 200 to 10,000 samples with 50 to 6,000 candidates:
 * nodes within 6 %, mean depth within 16 %. They belong to the data and not to the machine, so calibration leaves them alone.
 */

export interface TreeGrowth {
  readonly samples: number;
  /** Variants that a node tries: variants × mtry fraction. */
  readonly candidates: number;
  /** Gini impurity of the labels, by that of two classes of the same size: (0, 2). */
  readonly impurity: number;
  readonly maxDepth: number;
  readonly minNodeSize: number;
}

export interface TreeShape {
  /** Nodes for which a split is sought. Leaves are among them: that they are pure is found out by trying. */
  readonly nodes: number;
  /** Samples in these nodes, summed over the levels. */
  readonly visits: number;
}

/** Of one tree, on average. Both grow with the samples and fall with the candidates. */
export function treeShape({ samples, candidates, impurity, maxDepth, minNodeSize }: TreeGrowth): TreeShape {
  const tried = Math.min(mostCandidates, Math.max(1, candidates));
  const perSample = Math.min(mostNodesPerSample, 1.39 * tried ** -0.246 * impurity ** 0.73);
  const nodes = Math.max(1, (perSample * samples ** 0.986) / (1 + (minNodeSize - 1) / 12.5));
  const depth = Math.max(1, Math.min(samples, 4.43 * samples ** 0.266 * tried ** -0.116 * impurity ** -1.24));
  const cut = maxDepth / depth;
  return {
    nodes: Math.max(1, nodes * nodesAbove(cut)),
    visits: samples * depth * visitsAbove(cut) * minNodeSize ** -0.04,
  };
}

/** The best of more candidates is hardly better: with 6,000 the trees were as large as the formula says of 2,000. */
const mostCandidates = 2_000;
/** A bootstrap draws 63 % of the samples, and a binary tree has at most twice as many nodes as leaves. */
const mostNodesPerSample = 1.26;

/** Share of the nodes above a depth, in units of the mean depth: the same curve for all cohorts, within 0.05. */
function nodesAbove(cut: number): number {
  return 1 - Math.exp(-1.17 * cut ** 2.75);
}

/** Share of the samples' visits, likewise. */
function visitsAbove(cut: number): number {
  return cut === Number.POSITIVE_INFINITY ? 1 : cut / (1 + cut ** 3.7) ** (1 / 3.7);
}

/**
 * Levels until the deepest of so many trees has ended: each costs two passes. The root counts. The last level finds
 * nothing to split, also when that is for maxDepth.
 */
export function batchLevels({ samples, impurity, maxDepth }: TreeGrowth, trees: number): number {
  const one = levelScale * samples ** 0.363 * impurity ** -0.6;
  return Math.min(maxDepth + 1, Math.max(2, Math.min(samples, one * (1 + levelSpread * Math.log(trees)))));
}

const levelScale = 1.95;
const levelSpread = 0.16;
