import type { StackEvent } from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { describeStackFailure } from "../../../../local/account/stackFailure.ts";

function event(LogicalResourceId: string, ResourceStatusReason: string, ResourceStatus = "CREATE_FAILED"): StackEvent {
  return {
    StackId: "s",
    EventId: LogicalResourceId,
    StackName: "cluster",
    Timestamp: new Date(0),
    LogicalResourceId,
    ResourceType: "AWS::X::Y",
    ResourceStatus: ResourceStatus as "CREATE_FAILED",
    ResourceStatusReason,
  };
}

test("names the resource that failed by itself, the reason and a remedy, and leaves out those that fell with it", () => {
  const text = describeStackFailure("cluster", "ended as ROLLBACK_COMPLETE", [
    event("Vpc", "", "CREATE_COMPLETE"),
    event("NatAddress", "The maximum number of addresses has been reached. (Error Code: AddressLimitExceeded)"),
    event("Routes", "Resource creation cancelled"),
    event("cluster", "The following resource(s) failed to create: [NatAddress, Routes]. Rollback requested by user."),
  ]);
  expect(text).toBe(
    [
      "The stack cluster ended as ROLLBACK_COMPLETE.",
      "NatAddress (AWS::X::Y): The maximum number of addresses has been reached. (Error Code: AddressLimitExceeded)",
      "  → Ask for more Elastic IPs (Service Quotas, L-0263D0A3), or deploy without --nat.",
    ].join("\n"),
  );
});

// As the services word them.
test.each([
  ["The maximum number of VPCs has been reached. (Service: Ec2, Error Code: VpcLimitExceeded)", "L-F678F1CE"],
  [
    "Cannot create cluster 'c' because us-east-1e, the targeted availability zone, does not currently have sufficient capacity. (UnsupportedAvailabilityZoneException)",
    "--cluster ZoneA=",
  ],
  [
    "The VPC endpoint service com.amazonaws.us-east-1.eks does not support the availability zone of the subnet",
    "ZoneB=",
  ],
  ["unsupported Kubernetes version (Service: Eks, Status Code: 400)", "--cluster KubernetesVersion="],
  ["Unauthorized to perform read namespace on (variantspark). (Service: EmrContainers)", "--public-cidrs"],
  [
    "The namespace variantspark: PATCH https://x/api/v1/namespaces/variantspark answered 403 Forbidden",
    "--public-cidrs",
  ],
  ["The namespace variantspark: <urlopen error timed out>", "--public-cidrs"],
  ["NodeCreationFailure: Instances failed to join the kubernetes cluster", "--cluster SystemInstanceType="],
  ["You have requested more vCPU capacity than your current vCPU limit (VcpuLimitExceeded)", "L-1216C47A"],
  ["Cluster has nodegroups attached (Service: Eks, ResourceInUseException)", "nodes of a run"],
  ["The vpc 'vpc-1' has dependencies and cannot be deleted. (DependencyViolation)", "nodes of a run"],
  ["variantspark-job-us-east-1 already exists in stack arn:aws:cloudformation:x", "Delete or rename it"],
  ["User: arn:aws:iam::1:user/x is not authorized to perform: eks:CreateCluster", "Deploy as an administrator"],
  ["Access denied for operation 'AWS::KMS::Key'. (AccessDenied)", "Deploy as an administrator"],
  ["Service limit exceeded (LimitExceededException)", "Service Quotas"],
  ["Something else", "repeat the command"],
])("%s", (reason, remedy) => {
  expect(describeStackFailure("cluster", "failed", [event("R", reason)]).split("→ ")[1]).toContain(remedy);
});
