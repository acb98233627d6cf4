import { describe, expect, test } from "vitest";
import { deployArguments, removeArguments } from "../../../../local/account/commandLine.ts";

const place = ["--stage", "prod", "--region", "eu-central-1"];

describe("aws:deploy", () => {
  test("leaves to the cluster what it is not told", () => {
    expect(deployArguments(place)).toEqual({
      stage: "prod",
      region: "eu-central-1",
      clusterParameters: {},
      pipelineParams: {},
    });
  });

  test("takes parameters of the cluster by their own options or by name, and those of the pipeline", () => {
    const args = [
      ...[...place, "--email", "lab@example.org", "--budget", "500", "--nat", "--public-cidrs", "192.0.2.0/24"],
      ...["--cluster", "SystemNodes=2", "--cluster", "KubernetesVersion=1.36", "--param", "quiet-seconds=60"],
    ];
    expect(deployArguments(args)).toMatchObject({
      clusterParameters: {
        Email: "lab@example.org",
        BudgetUsd: "500",
        Nat: "true",
        PublicAccessCidrs: "192.0.2.0/24",
        SystemNodes: "2",
        KubernetesVersion: "1.36",
      },
      pipelineParams: { "quiet-seconds": "60" },
    });
  });

  test("takes back a NAT gateway, and access from outside", () => {
    expect(deployArguments([...place, "--no-nat", "--public-cidrs", ""]).clusterParameters).toEqual({
      Nat: "false",
      PublicAccessCidrs: "",
    });
  });

  test.each([
    [["--region", "eu-central-1"], "--stage has to be"],
    [["--stage", "Prod", "--region", "eu-central-1"], "--stage has to be"],
    [["--stage", "prod"], "--region has to be"],
    [["--stage", "prod", "--region", "frankfurt"], "--region has to be"],
    [[...place, "--cluster", "SystemNodes"], "SystemNodes is not NAME=VALUE"],
    [[...place, "--emial", "x"], "--emial"],
    [[...place, "now"], "now"],
  ])("%j is refused, with the usage", (args, said) => {
    expect(() => deployArguments(args)).toThrow(said);
    expect(() => deployArguments(args)).toThrow("npm run aws:deploy");
  });
});

describe("aws:remove", () => {
  test("keeps data unless it is told to delete it", () => {
    expect(removeArguments(place)).toEqual({ stage: "prod", region: "eu-central-1", deleteData: false });
    expect(removeArguments([...place, "--delete-data"])).toMatchObject({ deleteData: true });
  });

  test("is refused without a stage, with the usage", () => {
    expect(() => removeArguments(["--region", "eu-central-1"])).toThrow(/--stage has to be.*npm run aws:remove/s);
  });
});
