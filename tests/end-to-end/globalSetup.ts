/** One local cloud for all end-to-end tests; each test brings a study of its own. */
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";

declare module "vitest" {
  interface ProvidedContext {
    cloud: Omit<LocalCloud, "stop">;
  }
}

export default async function startCloud(project: TestProject): Promise<() => Promise<void>> {
  const home = join(import.meta.dirname, "../../.local");
  const { stop, ...cloud } = await startLocalCloud({
    home,
    onProgress: (line) => console.log(line),
    // The cohort of 9 MB of text becomes several slices.
    sliceSeconds: 0.02,
  });
  project.provide("cloud", cloud);
  return () => stop();
}
