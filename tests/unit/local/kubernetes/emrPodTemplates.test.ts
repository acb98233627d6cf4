import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { driverPodTemplate, executorPodTemplate } from "../../../../core/variantspark/podTemplates.ts";

/**
 * What EMR on EKS lets a pod template of its users hold: driver-pod-allowlist and executor-pod-allowlist of a job run of emr-6.8.0, which are the
 * same list. With another field EMR refuses the job.
 */
const allowed =
  `apiVersion kind metadata spec.activeDeadlineSeconds spec.affinity spec.containers spec.enableServiceLinks
  spec.ephemeralContainers spec.hostAliases spec.hostname spec.imagePullSecrets spec.initContainers spec.nodeName spec.nodeSelector
  spec.overhead spec.preemptionPolicy spec.priority spec.priorityClassName spec.readinessGates spec.restartPolicy spec.runtimeClassName
  spec.schedulerName spec.subdomain spec.terminationGracePeriodSeconds spec.tolerations spec.topologySpreadConstraints spec.volumes`
    .split(/\s+/)
    .filter(Boolean);

describe.each([
  ["driver", driverPodTemplate()],
  ["executor", executorPodTemplate("run-1")],
])("the %s's pod template", (_, template) => {
  test("holds what EMR allows, and no more", () => {
    const { spec, ...pod } = parse(template);
    const fields = [...Object.keys(pod), ...Object.keys(spec).map((field) => `spec.${field}`)];
    expect(fields.length).toBeGreaterThan(2);
    expect(fields.filter((field) => !allowed.includes(field))).toEqual([]);
  });
});
