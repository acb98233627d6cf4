import { describe, expect, test } from "vitest";
import { fits } from "../../../local/emrContainers/nodeGroups.ts";

describe("A node group fits a pod's node selector", () => {
  const spot = { nodegroupName: "run-1", labels: { run: "1", zone: "a" }, capacityType: "SPOT" } as const;

  test.each([
    { selector: {}, expected: true },
    { selector: { run: "1" }, expected: true },
    { selector: { run: "1", zone: "b" }, expected: false },
    { selector: { "eks.amazonaws.com/capacityType": "SPOT" }, expected: true },
    { selector: { "eks.amazonaws.com/capacityType": "ON_DEMAND" }, expected: false },
    { selector: { "eks.amazonaws.com/nodegroup": "run-1", run: "1" }, expected: true },
  ])("if it has every label of $selector: $expected", ({ selector, expected }) => {
    expect(fits(spot, selector)).toBe(expected);
  });
});
