/**
 * Where the run's pods go. Executors live on the run's own nodes, which no other pod may enter (taint) and which no
 * other run's pods ask for (label). The driver must not be lost with a spot node, so it stays on the cluster's
 * on-demand nodes.
 */
import { stringify } from "yaml";

/** Label and taint key of a run's nodes; its value is the run. */
export const runLabel = "variantspark-pipeline/run";
/** Label of the cluster's small on-demand node group that drivers share. */
const systemLabel = { "variantspark-pipeline/role": "system" } as const;

export function executorPodTemplate(run: string): string {
  return podTemplate({
    nodeSelector: { [runLabel]: run },
    tolerations: [{ key: runLabel, operator: "Equal", value: run, effect: "NoSchedule" }],
    // Spark moves cached blocks off a leaving node within this time; a spot notice gives two minutes.
    terminationGracePeriodSeconds: 120,
  });
}

export function driverPodTemplate(): string {
  return podTemplate({ nodeSelector: systemLabel });
}

function podTemplate(spec: Readonly<Record<string, unknown>>): string {
  return stringify({ apiVersion: "v1", kind: "Pod", spec });
}
