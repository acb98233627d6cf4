/**
 * Calls by somebody who may not: each operation, on a run that is there, must answer 403 and tell nothing. Wrong signatures are
 * tried in tests/end-to-end/attacks.test.ts.
 */
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { AwsClient } from "aws4fetch";
import type { LocalCloud } from "../cloud.ts";
import type { OpenApiOperation } from "./operations.ts";

type Call = (url: string, request: RequestInit) => Promise<Response>;

/** @returns a line for each call that was let in */
export async function letInStrangers(
  cloud: LocalCloud,
  operations: readonly OpenApiOperation[],
  runId: string,
): Promise<string[]> {
  const strangers: Readonly<Record<string, Call>> = {
    "without a signature": (url, request) => fetch(url, request),
    "with a bearer token": (url, request) =>
      fetch(url, { ...request, headers: { authorization: "Bearer of-nothing" } }),
    "with an access key that nobody has": signedWith(cloud, {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "nobody",
    }),
    "by a user of the account without the researcher policy": signedWith(cloud, await userWithoutPolicy(cloud)),
  };
  const letIn: string[] = [];
  for (const [who, call] of Object.entries(strangers))
    for (const { id, method, path } of operations) {
      const url = `${cloud.apiUrl}${path.replace("{id}", runId)}`;
      const response = await call(url, { method, ...(method === "POST" && { body: "{}" }) });
      const text = await response.text();
      if (response.status !== 403 || text.includes(runId))
        letIn.push(`${id} ${who}: ${response.status} ${text.slice(0, 200)}`);
    }
  return letIn;
}

function signedWith({ region }: LocalCloud, credentials: { accessKeyId: string; secretAccessKey: string }): Call {
  const client = new AwsClient({ ...credentials, region, service: "execute-api", retries: 0 });
  return (url, request) => client.fetch(url, request);
}

async function userWithoutPolicy({
  awsEndpoint: endpoint,
  region,
  owner,
}: LocalCloud): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const iam = new IAMClient({ endpoint, region, credentials: owner });
  await iam.send(new CreateUserCommand({ UserName: "stranger" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "stranger" }));
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey) throw new Error("CreateAccessKey answered without a key");
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}
