/** Attacks that need the whole local cloud: signatures, links, keys of uploads, tokens, and what all the logs say. Without the engine. */
import { request } from "node:http";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { AwsClient } from "aws4fetch";
import { beforeAll, describe, expect, test } from "vitest";
import { followRun, runOfStudy } from "../../local/followRun.ts";
import type { Credentials } from "../../local/ministack.ts";
import { openApiOperations } from "../../local/testApi/operations.ts";
import { client, cloud, messagesOf, newStudy, owner, uploadStudy } from "./support.ts";

const operations = await openApiOperations();
const s3 = { endpoint: cloud.awsEndpoint, region: cloud.region, forcePathStyle: true } as const;
const canaries = Array.from({ length: 8 }, (_, at) => `CANARY-${process.pid}-${at}`);
const genotypes = "0|1\t1|1\t0|0\t0|1\t1|1\t0|0\t0|1\t1|1";

const asOwner = new S3Client({ ...s3, credentials: owner.credentials });

/** A study that asks; its samples have names of their own. */
let asking: string;

beforeAll(async () => {
  const study = newStudy("canary");
  await uploadStudy(study, { "a.vcf": vcf(), "labels.csv": labels(canaries) });
  asking = await runOfStudy(client, study, 30);
  await followRun(client, asking, ["Ask"], () => {}, 60);
});

describe("a signature", () => {
  const signed = (credentials: Credentials, parts: { service?: string; region?: string; datetime?: string } = {}) => {
    const aws = new AwsClient({ ...credentials, region: cloud.region, service: "execute-api", retries: 0 });
    return async (method: string, path: string, sentPath = path) => {
      const { headers } = await aws.sign(`${cloud.apiUrl}${path}`, { method, aws: parts });
      return fetch(`${cloud.apiUrl}${sentPath}`, { method, headers });
    };
  };

  test("of another account is refused by every operation, whatever that account allows", async () => {
    const call = signed(await userOf("210987654321"));
    // AWS refuses; MiniStack 1.5.33 knows no API of that id in the other account.
    const refusals = [403, 404];
    for (const { method, path } of operations)
      await expectRefused(await call(method, path.replace("{id}", asking)), refusals);
  });

  test.each([
    ["with a wrong secret", () => signed({ ...cloud.researcher, secretAccessKey: "guessed" })],
    ["for another service", () => signed(cloud.researcher, { service: "s3" })],
    ["for another region", () => signed(cloud.researcher, { region: "eu-west-1" })],
    ["of yesterday", () => signed(cloud.researcher, { datetime: amzDate(Date.now() - 86_400_000) })],
  ])("%s is refused by every operation", async (_, signer) => {
    for (const { method, path } of operations)
      await expectRefused(await signer()(method, path.replace("{id}", asking)));
  });

  test("of one call opens no other", async () => {
    const call = signed(cloud.researcher);
    expect((await call("GET", "/runs/x")).status).toBe(404);
    await expectRefused(await call("GET", "/runs/x", `/runs/${asking}`));
    await expectRefused(await call("GET", "/runs/x", `/runs/${asking}/files`));
  });
});

test.each([
  "..%2f..%2ftokens",
  "%2e%2e%2fruns",
  "a%00b",
  "%0d%0aSet-Cookie:a",
  "a".repeat(5_000),
  "%F0%9F%A7%AC",
  "%ff",
  "%",
])("the run %j of a path is none, and no fault of the server", async (id) => {
  const aws = new AwsClient({ ...cloud.researcher, region: cloud.region, service: "execute-api", retries: 0 });
  for (const [method, suffix] of [
    ["GET", ""],
    ["GET", "/files"],
    ["DELETE", ""],
  ] as const) {
    const { headers } = await aws.sign(`${cloud.apiUrl}/runs/${id}${suffix}`, { method });
    const { status, text } = await sentAsIs(method, `/runs/${id}${suffix}`, headers);
    expect([400, 403, 404, 414]).toContain(status);
    expect(text).not.toMatch(/CANARY|tokens\/|\bat .*\.ts:/);
  }
});

describe("a body", () => {
  test.each([
    ["of 7 MB", JSON.stringify({ prefix: `${"a".repeat(7_000_000)}/` })],
    ["of 100,000 levels", `{"prefix":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["that pollutes", '{"__proto__":{"prefix":"a/"},"prefix":"nothing-here/"}'],
  ])("%s is refused, and the next call is answered", async (_, body) => {
    const aws = new AwsClient({ ...cloud.researcher, region: cloud.region, service: "execute-api", retries: 0 });
    const { status } = await aws.fetch(`${cloud.apiUrl}/runs`, { method: "POST", body });
    expect([400, 413]).toContain(status);
    expect((await client.listRuns("?limit=1")).status).toBe(200);
  });
});

describe("a presigned link", () => {
  const linkTo = async (name: string) => {
    const { body } = await client.files(asking);
    const link = body.inputs.find((input) => input.name === name);
    if (link === undefined) throw new Error(`the run has no ${name}`);
    return new URL(link.url);
  };

  test("ends after a quarter of an hour, gives the run's own object and nothing else", async () => {
    const link = await linkTo("labels.csv");
    expect(link.searchParams.get("X-Amz-Expires")).toBe("900");
    expect(link.pathname).toContain(`/runs/${asking}/labels.csv`);
    const own = await fetch(link);
    expect([own.status, await own.text()]).toEqual([200, expect.stringContaining(canaries[0] ?? "")]);
    for (const path of [`/runs/${asking}/run.json`, `/tokens/${asking}`, "/runs/other-0123456789ab/labels.csv"]) {
      const other = new URL(link);
      other.pathname = link.pathname.replace(`/runs/${asking}/labels.csv`, path);
      expect((await fetch(other)).status).toBe(403);
    }
    expect((await fetch(link, { method: "PUT", body: "sample,label\n" })).status).toBe(403);
    expect((await fetch(link, { method: "DELETE" })).status).toBe(403);
  });

  test("cannot be made to last longer, and is refused after its time", async () => {
    const longer = await linkTo("labels.csv");
    longer.searchParams.set("X-Amz-Expires", "604800");
    expect((await fetch(longer)).status).toBe(403);
    const command = new GetObjectCommand({ Bucket: cloud.outputs.RunsBucketName, Key: `runs/${asking}/labels.csv` });
    const aged = async (seconds: number) =>
      fetch(
        await getSignedUrl(asOwner, command, {
          expiresIn: 900,
          signingDate: new Date(Date.now() - 1_000 * seconds),
        }),
      );
    expect((await aged(600)).status).toBe(200);
    expect((await aged(901)).status).toBe(403);
  });
});

test("a researcher reads no task token, no record and no result but through the API", async () => {
  const researcher = new S3Client({ ...s3, credentials: cloud.researcher });
  for (const Key of [`tokens/${asking}`, `runs/${asking}/run.json`, `runs/${asking}/labels.csv`])
    await expect(
      researcher.send(new GetObjectCommand({ Bucket: cloud.outputs.RunsBucketName, Key })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  const token = await asOwner.send(
    new GetObjectCommand({ Bucket: cloud.outputs.RunsBucketName, Key: `tokens/${asking}` }),
  );
  const text = (await token.Body?.transformToString()) ?? "";
  expect(text.length).toBeGreaterThan(10);
  for (const path of [`/runs/${asking}`, `/runs/${asking}/files`, "/runs"])
    expect(JSON.stringify((await client.call("GET", path)).body)).not.toContain(text);
});

describe("an upload", () => {
  test("to a folder that is no study's starts nothing", async () => {
    const before = await runIds();
    for (const folder of ["..", "\n[ERROR] forged", "a".repeat(950)]) {
      await uploadAsOwner(`${folder}/a.vcf`, vcf());
      await uploadAsOwner(`${folder}/l.csv`, labels(canaries));
    }
    // What is uploaded later is taken in later: once this has its run, those would have theirs.
    const sound = newStudy("sound");
    await uploadStudy(sound, { "a.vcf": vcf(), "l.csv": labels(canaries) });
    const id = await runOfStudy(client, sound, 30);
    expect((await runIds()).filter((run) => !before.includes(run))).toEqual([id]);
    await client.cancel(id);
  });

  test("of keys with control characters, of 1,024 bytes, of formulas and scripts is told as findings, and runs where it can", async () => {
    const study = newStudy("=cmd|' calc'!A0<script>");
    const odd = ["\u0001a.vcf", "a\rb.vcf", "../b.vcf", `${"n".repeat(1_024 - study.length - 5)}.vcf`];
    for (const name of odd) await uploadAsOwner(`${study}/${name}`, vcf());
    await uploadStudy(study, { "a.vcf": vcf(), "labels.csv": labels(canaries) });
    const { body } = await client.startRun({ prefix: `${study}/` });
    expect(body.id).toMatch(/^cmd-calc-a0-script-[a-z0-9-]+$/);
    const ended = await followRun(client, body.id, ["Ask"], () => {}, 60);
    const vcfs = ended.inspection?.vcfs.map(({ key, file }) => [key.slice(study.length + 1), file]);
    for (const name of odd) expect(vcfs).toContainEqual([name, name.replaceAll(/\p{Cc}/gu, "\u{fffd}")]);
    expect(ended.findings).toContainEqual(expect.objectContaining({ code: "unreadable-key", file: "../b.vcf" }));
    expect(JSON.stringify([ended.findings, ended.estimate])).not.toMatch(/\\u0001|\\r/);
    await client.cancel(body.id);
  });

  test("of an analysis.json of 2 MiB is a finding", async () => {
    const study = newStudy("large");
    await uploadStudy(study, { "analysis.json": " ".repeat(2 ** 21), "a.vcf": vcf(), "labels.csv": labels(canaries) });
    const { id } = (await client.startRun({ prefix: `${study}/` })).body;
    const ended = await followRun(client, id, [], () => {}, 60);
    expect(ended.findings).toContainEqual(expect.objectContaining({ code: "analysis-unreadable" }));
  });
});

test("no log names a sample or shows a genotype: of a run that fails, one that is prepared and one that is cancelled", async () => {
  const bad = newStudy("unlabelled");
  await uploadStudy(bad, { "a.vcf": vcf(), "labels.csv": labels(canaries.slice(1)) });
  const failing = await runOfStudy(client, bad, 30);
  const failed = await followRun(client, failing, [], () => {}, 60);
  expect(JSON.stringify(failed.findings)).toContain(canaries[0]);
  expect(JSON.stringify(failed.failure)).not.toContain("CANARY");

  await client.choose(asking, "local", true);
  await followRun(client, asking, ["AwaitLocal"], () => {}, 60);
  await client.cancel(asking);

  const logs = new CloudWatchLogsClient(owner);
  const byGroup: string[][] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {}))
    for (const { logGroupName } of logGroups) byGroup.push(await messagesOf(logGroupName));
  const lines = byGroup.flat();
  for (const said of ["inspected", "the run failed", asking]) expect(lines.join("\n")).toContain(said);
  const telling = lines.filter((line) => /CANARY|\d\|\d\t\d\|\d/.test(line));
  expect(telling).toEqual([]);
}, 120_000);

/** The same records in every study, so that their matrix is made once. */
function vcf(): string {
  const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", ...canaries].join("\t");
  const records = Array.from(
    { length: 40 },
    (_, at) => `22\t${16_050_000 + at}\t.\tA\tC\t.\tPASS\t.\tGT\t${genotypes}`,
  );
  return `##fileformat=VCFv4.2\n${columns}\n${records.join("\n")}\n`;
}

function labels(samples: readonly string[]): string {
  return `sample,label\n${samples.map((sample, at) => `${sample},${at % 2}\n`).join("")}`;
}

/** MiniStack 1.5.33 finds no policy for a key with a line end; that of the owner needs none. */
async function uploadAsOwner(Key: string, Body: string): Promise<void> {
  await asOwner.send(new PutObjectCommand({ Bucket: cloud.outputs.InboxBucketName, Key, Body }));
}

async function runIds(): Promise<string[]> {
  return (await client.listRuns("?limit=100")).body.runs.map(({ id }) => id);
}

async function expectRefused(response: Response, statuses = [403]): Promise<void> {
  const text = await response.text();
  expect(statuses).toContain(response.status);
  expect(text).not.toMatch(new RegExp(`${asking}|CANARY`));
}

/** Of an account that lets him do all things, everywhere. */
async function userOf(account: string): Promise<Credentials> {
  const iam = new IAMClient({ ...owner, credentials: { ...owner.credentials, accessKeyId: account } });
  await iam.send(new CreateUserCommand({ UserName: "mallory" }));
  const statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await iam.send(new PutUserPolicyCommand({ UserName: "mallory", PolicyName: "all", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "mallory" }));
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey) throw new Error("CreateAccessKey answered without a key");
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

function amzDate(time: number): string {
  return new Date(time).toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
}

/** fetch would tidy the path up. */
function sentAsIs(method: string, path: string, headers: Headers): Promise<{ status: number; text: string }> {
  const { hostname, port, pathname } = new URL(cloud.apiUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path: `${pathname}${path}`, headers: Object.fromEntries(headers) });
    sent.on("error", reject).on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    sent.end();
  });
}
