import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base36 } from "../../../../local/account/base36.ts";
import { jobRoleParameters } from "../../../../local/account/clusterStack.ts";

describe("base36", () => {
  // Written by the AWS CLI 1.46.3 (awscli/customizations/emrcontainers/base36.py).
  test.each([
    ["a", "2p"],
    ["vs-job-role", "hzqfmnlgvwtvazrl1"],
    ["variantspark-job-us-east-1", "12bp7vylb1mwcld4gfyfevxkx5okri70csb8b68tt"],
    ["AmazonEMRContainers-JobExecutionRole", "37tw6vnbzijl47hcqcgvlo8v7jhlhodhz4so2lpf12yi4ut0gbfx6545"],
  ])("writes %s as the AWS CLI does", (name, written) => {
    expect(base36(name)).toBe(written);
  });

  test("gives the name back when it is read as a number", () => {
    const roleName = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
    fc.assert(
      fc.property(roleName, (name) => {
        let number = 0n;
        for (const digit of base36(name)) number = number * 36n + BigInt(Number.parseInt(digit, 36));
        expect(Buffer.from(number.toString(16), "hex").toString()).toBe(name);
      }),
    );
  });
});

test("each region has a job role of its own, for roles are the whole account's", () => {
  expect(jobRoleParameters("ap-southeast-2")).toEqual({
    JobRoleName: "variantspark-job-ap-southeast-2",
    JobRoleNameBase36: base36("variantspark-job-ap-southeast-2"),
  });
});
