/**
 * What is offered on a Kubernetes cluster of the laboratory's own. AWS bills nothing of the run, so it is to be fast; but a node that hardly
 * makes it faster is left to others.
 */
import type { Analysis } from "../study/analysis.ts";
import type { Option } from "./estimate.ts";
import type { Input } from "./input.ts";
import { optionOn } from "./optionOn.ts";
import type { PrepareEstimate } from "./prepare.ts";
import { type Candidate, searchConfigurations } from "./search.ts";
import type { SizingData } from "./sizingData.ts";

/** As many times the time of the fastest may be taken by what has fewer nodes. */
const hardlySlower = 1.1;

/** @param prepare what making the matrix takes, when that comes first */
export function clusterOption(
  input: Input,
  analysis: Analysis,
  data: SizingData,
  prepare?: Omit<PrepareEstimate, "refusal">,
): Option {
  const chosen = leanest(searchConfigurations("cluster", input, analysis, data));
  return optionOn("cluster", chosen, prepare, input, analysis, data);
}

function leanest(candidates: readonly Candidate[]): Candidate | undefined {
  const fastest = Math.min(...candidates.map(({ seconds }) => seconds.expected));
  const [first] = candidates
    .filter(({ seconds }) => seconds.expected <= hardlySlower * fastest)
    .toSorted((a, b) => a.configuration.nodes - b.configuration.nodes || a.seconds.expected - b.seconds.expected);
  return first;
}
