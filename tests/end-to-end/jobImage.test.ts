/** The commands of the image's pipeline (infra/pipeline) against the local cloud: an image is tried on a stage, then used. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { DeleteParameterCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, expect, test } from "vitest";
import { environmentOf } from "../../local/account/account.ts";
import { cloud, listJobRuns, owner } from "./support.ts";

const parameter = "/variantspark-pipeline/job-image";
const repository = "123456789012.dkr.ecr.us-east-1.amazonaws.com/variantspark-job";
const image = `${repository}@sha256:${"5e".repeat(32)}`;
const ssm = new SSMClient(owner);

afterAll(() => ssm.send(new DeleteParameterCommand({ Name: parameter })).catch(() => undefined));

test("a smoke run fails where the jobs run in another image than the one that is tried", async () => {
  const { exitCode, said } = await command("smoke.ts", "--image", image);
  expect(said).toContain(`The jobs ran in EMR's own image, not in ${image}`);
  expect(exitCode).toBe(1);
});

test("an image is named by its digest, or not taken", async () => {
  const { exitCode, said } = await command("image/use.ts", "--parameter", parameter, "--image", `${repository}:latest`);
  expect(said).toContain("has to be named by its digest");
  expect(exitCode).toBe(1);
  await expect(ssm.send(new GetParameterCommand({ Name: parameter }))).rejects.toThrow("not found");
});

test("the example study succeeds in the image, whose jar nothing has to fetch", async () => {
  expect(await command("image/use.ts", "--parameter", parameter, "--image", image)).toMatchObject({ exitCode: 0 });
  const { exitCode, said } = await command("smoke.ts", "--image", image);
  expect(said).toContain("The run succeeded");
  expect(exitCode).toBe(0);
  const inImage = (await listJobRuns()).flatMap(({ jobDriver }) => {
    const { entryPoint, sparkSubmitParameters = "" } = jobDriver?.sparkSubmitJobDriver ?? {};
    return sparkSubmitParameters.includes(`--conf spark.kubernetes.container.image=${image} `) ? [entryPoint] : [];
  });
  expect(inImage).toEqual(["local:///usr/lib/variantspark/variantspark.jar"]);
});

/** A command of local/, as the pipeline's steps run it: with the credentials of the environment. */
function command(script: string, ...args: readonly string[]): Promise<{ exitCode: number | null; said: string }> {
  const stage = script === "smoke.ts" ? ["--stack", "variantspark-pipeline-dev", "--api-url", cloud.apiUrl] : [];
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../local", script), ...stage, ...args], {
    env: { ...process.env, ...environmentOf(owner) },
  });
  let said = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (text: Buffer) => (said += text));
  return new Promise((resolve, reject) =>
    child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, said })),
  );
}
