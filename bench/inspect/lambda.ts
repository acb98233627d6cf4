/**
 * Inspect as a Lambda of the local cloud: the function's own code in MiniStack's Node process, under the memory and the share of a processor
 * that AWS would give it, if this machine lets us set them (lambdaLimits.ts). The files are made on demand by another process's hand:
 * what is measured is S3's client, inspection and the run's record.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { build } from "esbuild";
import { ZipFile } from "yazl";
import type { Run } from "../../core/run/run.ts";
import type { ByteSource } from "../../core/study/byteSource.ts";
import { ensureEngine } from "../../local/engine/engine.ts";
import { type MiniStack, startMiniStack } from "../../local/ministack.ts";
import { cpuShare, type LambdaLimits, lambdaLimits } from "./lambdaLimits.ts";
import { virtualBucket } from "./virtualBucket.ts";

export interface LambdaMeasured {
  readonly study: string;
  /** From the invocation to its answer. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface LambdaFigures {
  readonly studies: readonly LambdaMeasured[];
  /** Most memory that the process had resident. */
  readonly peakMiB: number;
  /** Whether memory and processor were limited; seconds are those of a whole processor otherwise. */
  readonly isLimited: boolean;
}

const project = join(import.meta.dirname, "../..");
const INBOX = "inbox";
const RUNS = "runs";
const NAME = "inspect";

/** @param studies by name: the files of its folder; the first one warms the Lambda up and is not among the figures */
export async function measureLambda(
  memoryMiB: number,
  studies: ReadonlyMap<string, Readonly<Record<string, ByteSource>>>,
): Promise<LambdaFigures> {
  const engine = await ensureEngine(join(project, ".local"), (line) => console.log(line));
  const folder = await mkdtemp(join(tmpdir(), "bench-lambda-"));
  const limits = await lambdaLimits(memoryMiB);
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true }), () => limits.remove()];
  try {
    const ministack = await startMiniStack({ engine, stateDir: folder });
    ends.push(() => ministack.stop());
    const files = [...studies].flatMap(([study, contents]) =>
      Object.entries(contents).map(([name, source]) => [`${study}/${name}`, source] as const),
    );
    const bucket = await virtualBucket(INBOX, new Map(files), ministack.endpoint);
    ends.push(() => bucket.close());
    await writeShim(folder);
    await createFunction(ministack, memoryMiB, folder, {
      ...environment(folder, limits, memoryMiB),
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
    });
    const measured: LambdaMeasured[] = [];
    for (const study of studies.keys()) measured.push(await inspected(ministack, study, folder));
    const peakMiB = await peakOf(folder);
    return { studies: measured.slice(1), peakMiB, isLimited: limits.groups.length > 0 };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/**
 * What the Lambda needs, and what the shim does. The heap is as the bootstrap of AWS's Node runtimes makes it (/var/runtime/bootstrap):
 * nine tenths of the memory for old objects, a twentieth for each half of the new ones.
 */
function environment(folder: string, { groups }: LambdaLimits, memoryMiB: number): Record<string, string> {
  return {
    RUNS_BUCKET: RUNS,
    NODE_OPTIONS: `--max-semi-space-size=${Math.floor(memoryMiB / 20)} --max-old-space-size=${Math.floor(0.9 * memoryMiB)}`,
    BENCH_GROUPS: groups.join(" "),
    BENCH_PID: join(folder, "pid"),
    BENCH_NODE: process.execPath,
  };
}

/** MiniStack runs the `node` that it finds on the function's PATH: one that joins the groups first. */
async function writeShim(folder: string): Promise<void> {
  const shim = join(folder, "node");
  const lines = [
    "#!/bin/sh",
    'for group in $BENCH_GROUPS; do echo $$ > "$group/cgroup.procs"; done',
    'echo $$ > "$BENCH_PID"',
    'exec "$BENCH_NODE" "$@"',
  ];
  await writeFile(shim, `${lines.join("\n")}\n`);
  await chmod(shim, 0o755);
}

async function createFunction(
  ministack: MiniStack,
  memoryMiB: number,
  shims: string,
  variables: Record<string, string>,
): Promise<void> {
  const iam = new IAMClient(ministack);
  const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument: JSON.stringify({ Statement: [] }) }),
  );
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await iam.send(new PutRolePolicyCommand({ RoleName: NAME, PolicyName: "s3", PolicyDocument: policy }));
  await s3Of(ministack).send(new CreateBucketCommand({ Bucket: RUNS }));
  await new LambdaClient(ministack).send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      MemorySize: memoryMiB,
      Timeout: 300,
      Code: { ZipFile: await bundle() },
      Environment: { Variables: { ...variables, PATH: [shims, process.env["PATH"]].join(delimiter) } },
    }),
  );
}

/** As serverless-esbuild makes it. */
async function bundle(): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(project, "functions/inspect.ts")],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    write: false,
  });
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(outputFiles[0]?.contents ?? []), "index.js");
  zip.end();
  return await buffer(zip.outputStream);
}

async function inspected(ministack: MiniStack, study: string, folder: string): Promise<LambdaMeasured> {
  const s3 = s3Of(ministack);
  const document = { Bucket: RUNS, Key: `runs/${study}/run.json` };
  const location = { bucket: INBOX, prefix: `${study}/` };
  const run = { id: study, study: location, digest: "", state: "Settle", history: [], findings: [] } satisfies Run;
  await s3.send(new PutObjectCommand({ ...document, Body: JSON.stringify(run) }));
  const cpuBefore = await cpuSecondsOf(folder);
  const begun = performance.now();
  const { FunctionError, Payload } = await new LambdaClient({ ...ministack, maxAttempts: 1 }).send(
    new InvokeCommand({ FunctionName: NAME, Payload: JSON.stringify({ runId: study }) }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const cpuSeconds = (await cpuSecondsOf(folder)) - cpuBefore;
  if (FunctionError !== undefined) throw new Error(`${study}: ${Buffer.from(Payload ?? []).toString()}`);
  const answer = await s3.send(new GetObjectCommand(document));
  const { inspection, findings } = JSON.parse((await answer.Body?.transformToString()) ?? "{}") as Run;
  if (!inspection?.variants.estimate) throw new Error(`${study} could not be inspected: ${JSON.stringify(findings)}`);
  return { study, seconds, cpuSeconds };
}

function s3Of(ministack: MiniStack): S3Client {
  return new S3Client({ ...ministack, forcePathStyle: true });
}

const TICKS_PER_SECOND = 100;

/** User and system time of the Lambda's process, as /proc tells it (proc(5)); 0 before it was started. */
async function cpuSecondsOf(folder: string): Promise<number> {
  const pid = await readFile(join(folder, "pid"), "utf8").catch(() => undefined);
  if (pid === undefined) return 0;
  const fields = (await readFile(`/proc/${pid.trim()}/stat`, "utf8")).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function peakOf(folder: string): Promise<number> {
  const pid = (await readFile(join(folder, "pid"), "utf8")).trim();
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1024);
}

/** What the invocation would have taken with this share of a processor, at least. */
export function secondsAt(memoryMiB: number, { seconds, cpuSeconds }: LambdaMeasured, isLimited: boolean): number {
  return isLimited ? seconds : Math.max(seconds, cpuSeconds / cpuShare(memoryMiB));
}
