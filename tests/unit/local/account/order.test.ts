/** In which order an account is filled and emptied, by steps that only write down that they were taken. */
import { describe, expect, test } from "vitest";
import { type DeploySteps, deployAccount } from "../../../../local/account/deployAccount.ts";
import { type RemoveSteps, removeAccount } from "../../../../local/account/removeAccount.ts";

const outputs = {
  AssetsBucketName: "assets",
  InboxBucketName: "inbox",
  HttpApiUrl: "https://api.example.org",
  ResearcherPolicyArn: "arn:aws:iam::000000000000:policy/researcher",
};

describe("deploying", () => {
  function stepsInto(taken: string[], changes: Partial<DeploySteps> = {}): DeploySteps {
    const steps: DeploySteps = {
      makeServiceLinkedRoles: async () => ["spot.amazonaws.com"],
      deployCluster: async () => "created",
      makeJar: async () => "variantspark.jar",
      adoptKept: async () => [],
      deployPipeline: async () => outputs,
      uploadJar: async () => true,
      ...changes,
    };
    return writingDown(steps, taken);
  }

  test("makes what the next step needs: roles, the cluster, the jar, the pipeline, the jar's upload into its bucket", async () => {
    const taken: string[] = [];
    expect(await deployAccount(stepsInto(taken), () => {})).toEqual(outputs);
    expect(taken).toEqual([
      "makeServiceLinkedRoles",
      "deployCluster",
      "makeJar",
      "adoptKept",
      "deployPipeline",
      "uploadJar variantspark.jar assets",
    ]);
  });

  test.each([
    "makeServiceLinkedRoles",
    "deployCluster",
    "makeJar",
    "adoptKept",
    "deployPipeline",
    "uploadJar",
  ] as const)("ends at %s when that fails", async (name) => {
    const taken: string[] = [];
    const failing = { [name]: () => Promise.reject(new Error(`no ${name}`)) };
    await expect(deployAccount(stepsInto(taken, failing), () => {})).rejects.toThrow(`no ${name}`);
    expect(taken.at(-1)).toMatch(new RegExp(`^${name}\\b`));
  });
});

describe("removing", () => {
  function stepsInto(taken: string[], changes: Partial<RemoveSteps> = {}): RemoveSteps {
    const steps: RemoveSteps = {
      liveRuns: async () => [],
      removePipeline: async () => {},
      keptBuckets: async () => ["inbox", "runs"],
      deleteBucket: async () => 3,
      deleteDataKey: async () => new Date("2026-12-07T12:00:00Z"),
      otherStages: async () => [],
      removeRunNodes: async () => {},
      removeCluster: async () => {},
      ...changes,
    };
    return writingDown(steps, taken);
  }

  test("goes the other way, and keeps the buckets", async () => {
    const taken: string[] = [];
    const told: string[] = [];
    await removeAccount(stepsInto(taken), false, (line) => told.push(line));
    expect(taken).toEqual([
      "liveRuns",
      "removePipeline",
      "keptBuckets",
      "otherStages",
      "removeRunNodes",
      "removeCluster",
    ]);
    expect(told.at(-1)).toContain("inbox, runs");
  });

  test("deletes the buckets, and then their key, when it is told to", async () => {
    const taken: string[] = [];
    const told: string[] = [];
    await removeAccount(stepsInto(taken), true, (line) => told.push(line));
    expect(taken.filter((step) => step.startsWith("delete"))).toEqual([
      "deleteBucket inbox",
      "deleteBucket runs",
      "deleteDataKey",
    ]);
    expect(told).toContain("The key of the data is deleted on 2026-12-07; until then AWS can restore it");
    expect(told.join("\n")).not.toContain("--delete-data");
  });

  test("touches nothing while runs are live, and names them", async () => {
    const taken: string[] = [];
    const live = stepsInto(taken, { liveRuns: async () => ["cohort-1", "cohort-2"] });
    await expect(removeAccount(live, true, () => {})).rejects.toThrow("cohort-1, cohort-2");
    expect(taken).toEqual(["liveRuns"]);
  });

  test("leaves the cluster to other stages", async () => {
    const taken: string[] = [];
    const told: string[] = [];
    const shared = stepsInto(taken, { otherStages: async () => ["variantspark-pipeline-dev"] });
    await removeAccount(shared, false, (line) => told.push(line));
    expect(taken).not.toContain("removeCluster");
    expect(taken).not.toContain("removeRunNodes");
    expect(told.join("\n")).toContain("variantspark-pipeline-dev");
  });
});

/** The same steps, each of which writes its name and what it was given first. */
function writingDown<Steps extends object>(steps: Steps, taken: string[]): Steps {
  const wrapped = Object.entries(steps).map(([name, step]) => [
    name,
    (...given: unknown[]) => {
      taken.push([name, ...given.filter((value) => typeof value === "string")].join(" "));
      return step(...given);
    },
  ]);
  return Object.fromEntries(wrapped);
}
