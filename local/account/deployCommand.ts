/** `npm run aws:deploy`: the cluster, the pipeline and the engine, from whatever state the account is in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureEngine } from "../engine/engine.ts";
import { runCommand } from "./command.ts";
import { deployArguments } from "./commandLine.ts";
import { deployAccount } from "./deployAccount.ts";
import { deploySteps } from "./steps.ts";

const project = join(import.meta.dirname, "../..");

await runCommand(async (tell) => {
  const { stage, region, clusterParameters, pipelineParams } = deployArguments(process.argv.slice(2));
  const steps = deploySteps(
    { region },
    {
      stage,
      clusterTemplate: await readFile(join(project, "infra/cluster/cluster.yaml"), "utf8"),
      clusterParameters,
      pipelineParams,
      makeJar: async (tellJar) => (await ensureEngine(join(project, ".local"), tellJar)).variantSparkJar,
    },
  );
  const outputs = await deployAccount(steps, tell);
  console.log(`
Inbox        s3://${outputs.InboxBucketName}
API          ${outputs.HttpApiUrl}
Researchers  get the policy ${outputs.ResearcherPolicyArn}`);
});
