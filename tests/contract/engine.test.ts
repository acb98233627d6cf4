/** The engine's installation and MiniStack's life. The first run on a machine installs into the project's .local. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, HeadBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AwsClient } from "aws4fetch";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { ZipFile } from "yazl";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";
import { javaTrustStore, TRUST_STORE_PASSWORD } from "../../local/engine/trustStore.ts";
import { ensureVenv } from "../../local/engine/venv.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";

const home = fileURLToPath(new URL("../../.local", import.meta.url));
let engine: Engine;
let folder: string;

beforeAll(async () => {
  engine = await ensureEngine(home, () => undefined);
  folder = await mkdtemp(join(tmpdir(), "engine-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("ensureEngine", () => {
  test("finds everything again without installing anything", async () => {
    const said: string[] = [];
    const started = Date.now();
    expect(await ensureEngine(home, (line) => said.push(line))).toEqual(engine);
    expect(said).toEqual([]);
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("names files that are there", async () => {
    const files = [engine.python, engine.ministack, engine.variantSparkJar, ...engine.s3aJars];
    const others = [join(engine.sparkHome, "bin", "spark-submit"), join(engine.javaHome, "bin", "java")];
    for (const file of [...files, ...others, join(engine.exampleCohort, "chr22_1000.vcf.gz")]) {
      expect((await stat(file)).size, file).toBeGreaterThan(0);
    }
  });

  test("brings Java 17 and Spark 3.5", () => {
    const java = execFileSync(join(engine.javaHome, "bin", "java"), ["--version"], { encoding: "utf8" });
    expect(java).toMatch(/^openjdk 17\./);
    expect(engine.sparkHome).toContain("pyspark");
    const version = execFileSync(engine.python, ["-c", "import pyspark; print(pyspark.__version__)"], {
      encoding: "utf8",
    });
    expect(version).toMatch(/^3\.5\./);
  });
});

describe("ensureVenv", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("makes a half-made environment again and keeps a finished one", async () => {
    const venv = join(folder, "venv");
    await mkdir(join(venv, "bin"), { recursive: true });
    await writeFile(join(venv, "bin", "python"), "left by an interrupted start");
    const { packages } = await ensureVenv(venv, "six==1.17.0\n", "six", () => undefined);
    expect(await readdir(packages)).toContain("six.py");
    const said: string[] = [];
    await ensureVenv(venv, "six==1.17.0\n", "six", (line) => said.push(line));
    expect(said).toEqual([]);
  });

  test("says what to install if Python is too old", async () => {
    const bin = join(folder, "old-python");
    await mkdir(bin);
    await writeFile(join(bin, "python3"), "#!/bin/sh\necho 3.9\n");
    await chmod(join(bin, "python3"), 0o755);
    vi.stubEnv("PATH", bin);
    vi.stubEnv("PYTHON", "");
    const refused = ensureVenv(join(folder, "never"), "", "nothing", () => undefined);
    await expect(refused).rejects.toThrow(
      /python3 is Python 3\.9, python is not there\. Install Python 3\.10 or newer/,
    );
  });
});

test("Java reads the trust store that is made of Node's certificates", async () => {
  const file = join(folder, "cacerts.jks");
  await writeFile(file, javaTrustStore([...rootCertificates, "no certificate"]));
  const options = ["-list", "-keystore", file, "-storepass", TRUST_STORE_PASSWORD];
  const listing = execFileSync(join(engine.javaHome, "bin", "keytool"), options, { encoding: "utf8" });
  expect(listing).toContain(`contains ${rootCertificates.length} entries`);
});

describe("startMiniStack", () => {
  const s3 = ({ endpoint, region }: MiniStack, credentials: { accessKeyId: string; secretAccessKey: string }) =>
    new S3Client({ endpoint, region, credentials, forcePathStyle: true });

  test("keeps its state over a restart, and enforces IAM", async () => {
    const stateDir = join(folder, "kept");
    const first = await startMiniStack({ engine, stateDir });
    await s3(first, first.credentials).send(new CreateBucketCommand({ Bucket: "inbox" }));
    expect((await fetch(`${first.endpoint}/inbox`)).status).toBe(403);
    const stranger = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    await expect(s3(first, stranger).send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: "InvalidAccessKeyId",
    });
    await first.stop();
    await expect(fetch(first.endpoint)).rejects.toThrow();

    const second = await startMiniStack({ engine, stateDir });
    await s3(second, second.credentials).send(new HeadBucketCommand({ Bucket: "inbox" }));
    await second.stop();
    await second.stop();
    expect(processesWith(stateDir)).toEqual([]);
  });

  test("listens on loopback alone", async () => {
    const aws = await startMiniStack({ engine, stateDir: join(folder, "loopback") });
    const log = await readFile(aws.logFile, "utf8");
    await aws.stop();
    expect(log).toContain(`Running on http://127.0.0.1:${aws.port}`);
    expect(log).not.toMatch(/0\.0\.0\.0|8883/);
  });

  test("runs Lambdas on the project's Node with the environment given, and ends them when stopped", async () => {
    const stateDir = join(folder, "lambda");
    const env = { AWS_ENDPOINT_URL_EMR_CONTAINERS: "http://127.0.0.1:1" };
    const aws = await startMiniStack({ engine, stateDir, env });
    const seen = await invokeNewLambda(aws).finally(() => expect(processesWith(stateDir)).toHaveLength(1));
    expect(seen).toEqual({ node: process.version, endpoint: "http://127.0.0.1:1" });
    await aws.stop();
    expect(processesWith(stateDir)).toEqual([]);
  });

  test("refuses a port that is taken, and shows why MiniStack itself would not start", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const stateDir = join(folder, "refused");
    await expect(startMiniStack({ engine, stateDir, port })).rejects.toThrow(`MiniStack cannot have port ${port}`);
    taken.close();
    const broken = startMiniStack({ engine, stateDir, env: { GATEWAY_PORT: "none" } });
    await expect(broken).rejects.toThrow(/did not start(.|\n)*invalid literal for int/);
    await expect(startMiniStack({ engine: { ...engine, python: "/no/python" }, stateDir })).rejects.toThrow(
      "did not start",
    );
  });

  test("ends by itself if whoever started it is killed", async () => {
    const options = JSON.stringify({ engine, stateDir: join(folder, "orphan") });
    const module = new URL("../../local/ministack.ts", import.meta.url).href;
    const program = `const { startMiniStack } = await import("${module}");
      console.log((await startMiniStack(${options})).endpoint);`;
    const starter = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = await once(starter.stdout, "data");
    const endpoint = String(said).trim();
    expect((await fetch(`${endpoint}/_ministack/health`)).status).toBe(200);
    starter.kill("SIGKILL");
    await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow(), { timeout: 15_000, interval: 200 });
  });
});

/** Lambda workers are told from others by the state folder in their command line. */
function processesWith(path: string): string[] {
  const listing = execFileSync("ps", ["-A", "-ww", "-o", "command="], { encoding: "utf8", maxBuffer: 2 ** 26 });
  return listing.split("\n").filter((command) => command.includes(path));
}

async function invokeNewLambda({ endpoint, credentials, region }: MiniStack): Promise<unknown> {
  const aws = new AwsClient({ ...credentials, region, retries: 0 });
  const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
  const trust = JSON.stringify({ Version: "2012-10-17", Statement });
  const role = { Action: "CreateRole", Version: "2010-05-08", RoleName: "fn", AssumeRolePolicyDocument: trust };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const createRole = { method: "POST", headers, body: new URLSearchParams(role).toString(), aws: { service: "iam" } };
  expect((await aws.fetch(`${endpoint}/`, createRole)).status).toBe(200);

  const zip = new ZipFile();
  const source =
    "exports.handler = async () => ({ node: process.version, endpoint: process.env.AWS_ENDPOINT_URL_EMR_CONTAINERS });";
  zip.addBuffer(Buffer.from(source), "index.js");
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  const configuration = {
    FunctionName: "fn",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Role: "arn:aws:iam::000000000000:role/fn",
    Code: { ZipFile: Buffer.concat(chunks).toString("base64") },
  };
  const lambda = { service: "lambda" };
  const functions = `${endpoint}/2015-03-31/functions`;
  const created = await aws.fetch(functions, { method: "POST", body: JSON.stringify(configuration), aws: lambda });
  expect(created.status).toBe(201);
  return await vi.waitFor(async () => {
    const answer = await aws.fetch(`${functions}/fn/invocations`, { method: "POST", body: "{}", aws: lambda });
    expect(answer.status).toBe(200);
    return await answer.json();
  });
}
