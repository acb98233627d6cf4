/** What a failed stack operation says to the person who started it: the resource, CloudFormation's reason, what to do. */
import type { StackEvent } from "@aws-sdk/client-cloudformation";

/** First match wins; the more special come first. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/VpcLimitExceeded/, "Ask for more VPCs per region (Service Quotas, L-F678F1CE), or delete one that is not used."],
  [/AddressLimitExceeded/, "Ask for more Elastic IPs (Service Quotas, L-0263D0A3), or deploy without --nat."],
  [
    /UnsupportedAvailabilityZone|not support the availability zone/i,
    "Choose other zones: remove the cluster, then deploy with --cluster ZoneA=… --cluster ZoneB=…",
  ],
  [/unsupported Kubernetes version/i, "EKS has retired or does not know it: --cluster KubernetesVersion=…"],
  [
    /read namespace|namespaces?\b.*(401|403|timed out|Unauthorized)/i,
    "The cluster's API was not reached or did not know the caller yet. Deploy again; if it stays, open the API with --public-cidrs.",
  ],
  [
    /VcpuLimitExceeded|InsufficientInstanceCapacity|NodeCreationFailure|could not launch/i,
    "No node came up: ask for on-demand vCPUs (Service Quotas, L-1216C47A), or --cluster SystemInstanceType=…",
  ],
  [
    /nodegroups? attached|has dependencies and cannot be deleted|DependencyViolation/i,
    "Something outside the stack still uses it, such as nodes of a run. Delete that, then repeat the command.",
  ],
  [/job ?runs?|active (jobs|endpoints)/i, "Job runs are still live. Cancel their runs, then repeat the command."],
  [
    /already exists|AlreadyExists/,
    "An earlier deployment, or somebody else, has made it. Delete or rename it, then repeat the command.",
  ],
  [
    /not authorized|AccessDenied|Unauthorized/i,
    "Your AWS credentials lack this permission. Deploy as an administrator, or add it.",
  ],
  [/LimitExceeded|quota/i, "A quota of the account is used up: ask for more in Service Quotas."],
];
const otherwise = "Correct what the reason names, then repeat the command: it goes on from any state.";

/**
 * @param what happened to the stack
 * @param events those of the operation, oldest first
 * @returns one paragraph per resource that failed by itself; those that were cancelled because of it are left out
 */
export function describeStackFailure(stackName: string, what: string, events: readonly StackEvent[]): string {
  const failed = events.filter(
    ({ ResourceStatus, ResourceStatusReason = "" }) =>
      ResourceStatus?.endsWith("_FAILED") &&
      !/cancelled|The following resource\(s\) failed|^Validation failed with/.test(ResourceStatusReason),
  );
  const described = failed.map(({ LogicalResourceId, ResourceType, ResourceStatusReason = "No reason was given" }) =>
    [`${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`, `  → ${remedyOf(ResourceStatusReason)}`].join(
      "\n",
    ),
  );
  return [`The stack ${stackName} ${what}.`, ...described].join("\n");
}

function remedyOf(reason: string): string {
  return remedies.find(([pattern]) => pattern.test(reason))?.[1] ?? otherwise;
}
