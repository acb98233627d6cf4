/** What AWS takes for nodes that it has, about one to three minutes. */
const expectedNodesSeconds = 90;
/** Longer, and AWS has none; EKS itself gives up after half an hour. */
export const longestNodesSeconds = 20 * 60;

const shortestSeconds = 2;
const longestSeconds = 600;
const looks = 40;

/**
 * Seconds until the next look at what AWS does (nodes that come, a job that runs): some forty looks in the time that it is
 * expected to take, or in what it has taken already. So the end is seen within 2.5 % of the wait, or 2 seconds. Each look is
 * nine events of the execution's history, which has room for 25,000 (statemachines: Task, Choice, Wait).
 *
 * @param elapsedSeconds since the waiting began
 */
export function lookInterval(expectedSeconds: number, elapsedSeconds: number): number {
  const even = Math.max(expectedSeconds, elapsedSeconds) / looks;
  return Math.round(Math.min(Math.max(even, shortestSeconds), longestSeconds));
}

/** The same for nodes that were asked for. */
export function nodesLookInterval(elapsedSeconds: number): number {
  return lookInterval(expectedNodesSeconds, elapsedSeconds);
}
