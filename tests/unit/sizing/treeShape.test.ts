import { describe, expect, test } from "vitest";
import { batchLevels, type TreeGrowth, treeShape } from "../../../core/sizing/treeShape.ts";

const unlimited = { maxDepth: Number.POSITIVE_INFINITY, minNodeSize: 1, impurity: 1 };

/** Of models that VariantSpark 0.5.5 wrote: means over 20 trees. The last is chr22_1000 with labels drawn at random. */
const written = [
  { samples: 1_000, candidates: 500, nodes: 280.2, visits: 14_842 },
  { samples: 1_000, candidates: 50, nodes: 504.1, visits: 18_436 },
  { samples: 500, candidates: 500, nodes: 138.5, visits: 5_952 },
  { samples: 200, candidates: 440, nodes: 58.1, visits: 1_616 },
  { samples: 10_000, candidates: 200, nodes: 3_363.6, visits: 258_183 },
  { samples: 2_504, candidates: 500, nodes: 678.4, visits: 42_056 },
  { samples: 5_000, candidates: 250, nodes: 1_568.5, visits: 110_142 },
  { samples: 1_000, candidates: 6_000, nodes: 192.5, visits: 12_275 },
  { samples: 2_000, candidates: 500, nodes: 326.8, visits: 73_278, impurity: 0.51 },
  { samples: 500, candidates: 1_000, nodes: 72.8, visits: 12_120, impurity: 0.51 },
  { samples: 1_092, candidates: 198.8, nodes: 376.5, visits: 15_342 },
];

describe.each(written)("trees of $samples samples with $candidates candidates", ({ nodes, visits, ...growth }) => {
  test("have the nodes and depths of those that the engine wrote, within 12 %", () => {
    const shape = treeShape({ ...unlimited, ...growth });
    expect(Math.abs(shape.nodes / nodes - 1)).toBeLessThan(0.12);
    expect(Math.abs(shape.visits / visits - 1)).toBeLessThan(0.12);
  });
});

test("a limit of the depth leaves the upper part, and one beyond the deepest leaf leaves all", () => {
  const growth: TreeGrowth = { ...unlimited, samples: 1_000, candidates: 500 };
  const whole = treeShape(growth);
  const meanDepth = whole.visits / growth.samples;
  const shallow = treeShape({ ...growth, maxDepth: meanDepth / 2 });
  // Of the trees that the engine wrote, 14 to 23 % of the nodes and 47 to 49 % of the visits.
  expect(shallow.nodes / whole.nodes).toBeCloseTo(0.16, 2);
  expect(shallow.visits / whole.visits).toBeCloseTo(0.49, 2);
  expect(treeShape({ ...growth, maxDepth: 10_000 }).visits).toBeCloseTo(whole.visits, 6);
});

test("nodes that may not be small are fewer", () => {
  const growth: TreeGrowth = { ...unlimited, samples: 5_000, candidates: 250 };
  expect(treeShape({ ...growth, minNodeSize: 50 }).nodes).toBeLessThan(0.3 * treeShape(growth).nodes);
});

test.each([1, 5, 8])("a depth of at most %i costs one level more: the last finds that it may not split", (maxDepth) => {
  expect(batchLevels({ ...unlimited, samples: 2_000, candidates: 500, maxDepth }, 100)).toBe(maxDepth + 1);
});

test("more trees in a batch have a deeper deepest one", () => {
  const growth: TreeGrowth = { ...unlimited, samples: 2_000, candidates: 500 };
  expect(batchLevels(growth, 100)).toBeGreaterThan(batchLevels(growth, 10));
});
