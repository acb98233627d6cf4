import { expect, test } from "vitest";
import { parse } from "yaml";
import { driverPodTemplate } from "../../../core/variantspark/podTemplates.ts";
import { stageBuckets } from "../../../local/account/buckets.ts";
import { jobRoleParameters } from "../../../local/account/clusterStack.ts";
import { clusterTemplate, clusterYaml } from "./clusterTemplate.ts";
import { parameters, resources, sourceOf } from "./stack.ts";

const ofType = (type: string) => Object.values(clusterTemplate.Resources).filter(({ Type }) => Type === type);

test("the cluster's stack names in SSM what the pipeline's stack reads there, and nothing else", () => {
  const named = ofType("AWS::SSM::Parameter").map(({ Properties }) => Properties?.["Name"]);
  const read = Object.values(parameters as Record<string, { Type: string; Default: string }>)
    .filter(({ Type }) => Type.startsWith("AWS::SSM::Parameter"))
    .map(({ Default }) => Default);
  expect(named.sort()).toEqual(read.sort());
});

test("the system nodes carry the label that drivers ask for, and none that keeps them out", () => {
  const { SystemNodeGroup } = clusterTemplate.Resources;
  expect(SystemNodeGroup?.Properties).toMatchObject({
    Labels: parse(driverPodTemplate()).spec.nodeSelector,
    CapacityType: "ON_DEMAND",
  });
  expect(SystemNodeGroup?.Properties).not.toHaveProperty("Taints");
});

test("all parameters but zones and the job role's name have a default, and those are computed", () => {
  const without = Object.entries(clusterTemplate.Parameters).filter(([, { Default }]) => Default === undefined);
  expect(without.map(([name]) => name)).toEqual(["ZoneA", "ZoneB", ...Object.keys(jobRoleParameters("eu-central-1"))]);
});

test("nobody reaches the cluster from outside, and nobody is its administrator, unless a parameter says so", () => {
  expect(clusterTemplate.Parameters).toMatchObject({
    PublicAccessCidrs: { Default: "" },
    AdminRoleArn: { Default: "" },
  });
  const { Cluster } = clusterTemplate.Resources;
  expect(Cluster?.Properties).toMatchObject({
    AccessConfig: { BootstrapClusterCreatorAdminPermissions: false },
    ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: { "Fn::If": ["IsPublic", true, false] } },
  });
});

test("the template is small enough to be sent as it is", () => {
  expect(Buffer.byteLength(clusterYaml)).toBeLessThan(51_200);
});

test("the buckets that removal keeps are those that the pipeline's stack retains", () => {
  const retained = Object.entries(resources).filter(
    ([, { Type, DeletionPolicy }]) => Type === "AWS::S3::Bucket" && DeletionPolicy === "Retain",
  );
  const kept = stageBuckets(sourceOf("infra/storage.yml"));
  expect(kept.map(([resource]) => resource)).toEqual(retained.map(([name]) => name));
  expect(new Map(kept).get("InboxBucket")).toBe("inbox");
});
