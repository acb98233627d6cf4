/** Observe looks so often at least. */
const shortestSeconds = 5;
const longestSeconds = 600;
const looks = 50;

/**
 * Seconds until the next look at the job: some fifty looks in the time that the run is expected to take, or in what it has
 * taken already. Each look is nine events of the execution's history, which has room for 25,000 (statemachines: Observe,
 * IsObserved, JobRunning).
 *
 * @param elapsedSeconds since the run's first attempt began
 */
export function lookInterval(expectedSeconds: number, elapsedSeconds: number): number {
  const even = Math.max(expectedSeconds, elapsedSeconds) / looks;
  return Math.round(Math.min(Math.max(even, shortestSeconds), longestSeconds));
}
