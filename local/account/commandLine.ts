/** What stands behind `npm run aws:deploy --` and `npm run aws:remove --`. */
import { parseArgs } from "node:util";

export const deployUsage = `npm run aws:deploy -- --stage NAME --region REGION [--email ADDRESS] [OPTIONS]

  --stage NAME            of the pipeline: dev, prod …; each has buckets of its own, all share the cluster
  --region REGION         for example eu-central-1
  --email ADDRESS         told of the budget, of waiting choices and of ended runs
  --budget USD            a month, of the whole account (200)
  --public-cidrs LIST     who may reach the Kubernetes API from outside the VPC (nobody)
  --nat                   a NAT gateway, for images and services outside AWS
  --cluster NAME=VALUE    any other parameter of infra/cluster/cluster.yaml; may be repeated
  --param NAME=VALUE      a parameter of serverless.yml; may be repeated

The cluster keeps what an earlier deployment was told; --param has to be given each time.`;

export const removeUsage = `npm run aws:remove -- --stage NAME --region REGION [--delete-data]

  --delete-data           also the stage's buckets, with all studies and results in all versions`;

export interface DeployArguments {
  readonly stage: string;
  readonly region: string;
  readonly clusterParameters: Readonly<Record<string, string>>;
  readonly pipelineParams: Readonly<Record<string, string>>;
}

export interface RemoveArguments {
  readonly stage: string;
  readonly region: string;
  readonly deleteData: boolean;
}

/** @throws Error that says what is wrong, with the usage */
export function deployArguments(args: readonly string[]): DeployArguments {
  return withUsage(deployUsage, () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: "string" },
        region: { type: "string" },
        email: { type: "string" },
        budget: { type: "string" },
        "public-cidrs": { type: "string" },
        nat: { type: "boolean" },
        cluster: { type: "string", multiple: true, default: [] },
        param: { type: "string", multiple: true, default: [] },
      },
      allowNegative: true,
    });
    return {
      ...stageAndRegion(values),
      clusterParameters: {
        ...(values.email !== undefined && { Email: values.email }),
        ...(values.budget !== undefined && { BudgetUsd: values.budget }),
        ...(values["public-cidrs"] !== undefined && { PublicAccessCidrs: values["public-cidrs"] }),
        ...(values.nat !== undefined && { Nat: String(values.nat) }),
        ...pairs(values.cluster),
      },
      pipelineParams: pairs(values.param),
    };
  });
}

/** @throws Error that says what is wrong, with the usage */
export function removeArguments(args: readonly string[]): RemoveArguments {
  return withUsage(removeUsage, () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: "string" },
        region: { type: "string" },
        "delete-data": { type: "boolean", default: false },
      },
    });
    return { ...stageAndRegion(values), deleteData: values["delete-data"] };
  });
}

function stageAndRegion({ stage, region }: { stage?: string | undefined; region?: string | undefined }) {
  // Part of the names of buckets, of which the longest has 63 characters.
  if (stage === undefined || !/^[a-z][a-z0-9-]{0,15}$/.test(stage))
    throw new Error("--stage has to be 1 to 16 of a-z, 0-9 and -, beginning with a letter");
  if (region === undefined || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new Error("--region has to be a region of AWS, such as eu-central-1");
  return { stage, region };
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new Error(`${text} is not NAME=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
