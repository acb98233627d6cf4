/**
 * `npm run smoke -- --stack NAME`: the example study through a deployed stage, as a researcher's: uploaded, chosen on AWS on
 * on-demand nodes, waited for. Fails unless the run succeeds and finds the variant that the phenotype was made of. Works with the
 * credentials and the region of the environment; costs a few cents on AWS and takes some ten minutes there.
 *
 *   --image URI    fails unless the jobs ran in it
 *   --api-url URL  instead of the stack's own, where that is not reached (the local cloud)
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { RunView } from "../core/run/runView.ts";
import { ensureEngine } from "./engine/engine.ts";
import { exampleStudy } from "./exampleStudy.ts";
import { followRun, runOfStudy } from "./followRun.ts";
import { PipelineClient } from "./pipelineClient.ts";

const expectedFirst = "22_16050408_T_C";
const home = join(import.meta.dirname, "..", ".local");
const { values: options } = parseArgs({
  options: { stack: { type: "string" }, image: { type: "string" }, "api-url": { type: "string" } },
});
if (!options.stack) throw new Error("--stack is needed");

const client = await clientOf(options.stack, options["api-url"]);
const folder = await mkdtemp(join(tmpdir(), "smoke-"));
try {
  const engine = await ensureEngine(home, say);
  const study = `smoke-${Date.now()}`;
  await client.uploadFolder(study, await exampleStudy(engine, folder));
  const id = await runOfStudy(client, study, 300);
  say(`Run ${id} has started`);
  const failure = failureOf(await finished(id), options.image);
  say(failure ?? "The run succeeded");
  process.exitCode = failure === undefined ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What was not as it should be. */
function failureOf({ state, failure, result, attempts = [] }: RunView, image: string | undefined): string | undefined {
  if (state !== "Succeeded") return `The run ended as ${state}: ${failure?.message ?? ""}`;
  const first = result?.top[0]?.variant;
  if (first !== expectedFirst) return `The first variant is ${first}, not ${expectedFirst}`;
  const ranIn = [...new Set(attempts.map((attempt) => attempt.image ?? "EMR's own image"))].join(", ");
  if (image !== undefined && ranIn !== image) return `The jobs ran in ${ranIn}, not in ${image}`;
  return undefined;
}

/** The run's end. Nothing that is paid for stays when it does not come. */
async function finished(id: string): Promise<RunView> {
  try {
    await followRun(client, id, ["Ask"], undefined, 600);
    const { status, body } = await client.choose(id, "aws-on-demand");
    if (status !== 202) throw new Error(`the choice was refused (${status}): ${JSON.stringify(body)}`);
    return await followRun(client, id, [], ({ state }) => say(state), 3600);
  } catch (error) {
    await client.cancel(id);
    throw error;
  }
}

async function clientOf(stack: string, apiUrl: string | undefined): Promise<PipelineClient> {
  const cloudFormation = new CloudFormationClient({});
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  const output = (name: string) => {
    const value = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    if (value === undefined) throw new Error(`the stack ${stack} has no output ${name}`);
    return value;
  };
  return new PipelineClient({
    apiUrl: apiUrl ?? output("HttpApiUrl"),
    awsEndpoint: process.env["AWS_ENDPOINT_URL"],
    region: await cloudFormation.config.region(),
    researcher: await cloudFormation.config.credentials(),
    outputs: { InboxBucketName: output("InboxBucketName") },
  });
}

function say(line: string): void {
  console.log(line);
}
