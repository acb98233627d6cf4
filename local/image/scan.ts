/**
 * `npm run image:scan -- --repository NAME --digest sha256:…`: waits until ECR has scanned an image, that of each architecture where
 * there are several, and fails on critical and high findings that docker/accepted-findings.yaml does not accept. Fails too when an
 * image could not be scanned.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  ECRClient,
  paginateDescribeImageScanFindings,
  ScanNotFoundException,
} from "@aws-sdk/client-ecr";
import { parse } from "yaml";
import { acceptedFindings, refused, type ScanFinding, scanFindings } from "./findings.ts";

const longestSeconds = 900;
const { values } = parseArgs({ options: { repository: { type: "string" }, digest: { type: "string" } } });
const { repository: repositoryName, digest } = values;
if (!repositoryName || !digest) throw new Error("--repository and --digest are needed");
const ecr = new ECRClient({});
const acceptedFile = join(import.meta.dirname, "..", "..", "docker", "accepted-findings.yaml");
const accepted = acceptedFindings.parse(parse(await readFile(acceptedFile, "utf8")));
const today = new Date().toISOString().slice(0, 10);

let failures = 0;
for (const imageDigest of await scannedDigests(digest)) {
  const findings = await findingsOf(imageDigest);
  const notAccepted = refused(findings, accepted, today);
  console.log(`${imageDigest}: ${findings.length} findings, ${notAccepted.length} critical or high and not accepted`);
  for (const { id, severity, package: where } of notAccepted) console.log(`  ${severity} ${id} ${where}`);
  failures += notAccepted.length;
}
process.exitCode = failures === 0 ? 0 : 1;

/** Those of an index's images; ECR scans no index. */
async function scannedDigests(imageDigest: string): Promise<string[]> {
  const { images = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
  const manifest = images[0]?.imageManifest;
  if (manifest === undefined) throw new Error(`${repositoryName} holds no image ${imageDigest}`);
  const { manifests } = JSON.parse(manifest) as { manifests?: { digest: string }[] };
  return manifests?.map((image) => image.digest) ?? [imageDigest];
}

async function findingsOf(imageDigest: string): Promise<ScanFinding[]> {
  await untilScanned(imageDigest);
  const found: ScanFinding[] = [];
  for await (const { imageScanFindings = {} } of paginateDescribeImageScanFindings(
    { client: ecr },
    { repositoryName, imageId: { imageDigest } },
  ))
    found.push(...scanFindings(imageScanFindings));
  return found;
}

async function untilScanned(imageDigest: string): Promise<void> {
  const deadline = Date.now() + longestSeconds * 1000;
  for (;;) {
    const { status, description } = await scanStatus(imageDigest);
    // Enhanced scanning goes on scanning: ACTIVE. Basic scanning is COMPLETE once.
    if (status === "COMPLETE" || status === "ACTIVE") return;
    if (status !== "PENDING" && status !== "IN_PROGRESS")
      throw new Error(`${imageDigest} was not scanned: ${status} ${description ?? ""}`);
    if (Date.now() > deadline) throw new Error(`${imageDigest} is not scanned after ${longestSeconds} s`);
    await sleep(10_000);
  }
}

/** A scan that has not begun is not found. */
async function scanStatus(imageDigest: string): Promise<{ status: string; description?: string | undefined }> {
  try {
    const { imageScanStatus } = await ecr.send(
      new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageDigest } }),
    );
    return { status: imageScanStatus?.status ?? "PENDING", description: imageScanStatus?.description };
  } catch (error) {
    if (error instanceof ScanNotFoundException) return { status: "PENDING" };
    throw error;
  }
}
