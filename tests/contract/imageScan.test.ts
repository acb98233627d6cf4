/** `npm run image:scan` against moto's ECR: an index of two images, of which each was scanned. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { CreateRepositoryCommand, ECRClient, PutImageCommand, StartImageScanCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Moto, startMoto } from "./moto.ts";

const repositoryName = "variantspark-job";
const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
let moto: Moto;
let ecr: ECRClient;

beforeAll(async () => {
  moto = await startMoto();
  ecr = new ECRClient({ endpoint: moto.endpoint, region, credentials });
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
});
afterAll(() => moto?.stop());

test("an image passes whose findings are neither critical nor high", async () => {
  const { index, images } = await pushed("clean", [["MEDIUM"], []]);
  const { exitCode, said } = await scan(index);
  for (const digest of images) expect(said).toContain(`${digest}: `);
  expect(said).toMatch(/1 findings, 0 critical or high/);
  expect(exitCode, said).toBe(0);
});

test("an image with a high finding in one architecture does not pass", async () => {
  const { index, images } = await pushed("vulnerable", [[], ["LOW", "HIGH"]]);
  const { exitCode, said } = await scan(index);
  expect(said).toContain(
    `${images[1]}: 2 findings, 1 critical or high and not accepted\n  HIGH CVE-HIGH openssl 3.0.8`,
  );
  expect(exitCode).toBe(1);
});

test("an image that could not be scanned does not pass", async () => {
  const { index } = await pushed("unsupported", [[], []], "UNSUPPORTED_IMAGE");
  const { exitCode, said } = await scan(index);
  expect(said).toContain("was not scanned: UNSUPPORTED_IMAGE");
  expect(exitCode).toBe(1);
});

test("an image that is not there does not pass", async () => {
  const { exitCode, said } = await scan(`sha256:${"0".repeat(64)}`);
  expect(said).toContain(`${repositoryName} holds no image`);
  expect(exitCode).toBe(1);
});

/** An index of one image for each list of severities. */
async function pushed(name: string, severities: readonly (readonly string[])[], status = "ACTIVE") {
  const images = [];
  for (const [place, found] of severities.entries()) {
    const digest = await put(`${name}-${place}`, {
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: { digest: digestOf(`${name}-${place}`) },
      layers: [],
    });
    await ecr.send(new StartImageScanCommand({ repositoryName, imageId: { imageDigest: digest } }));
    await answered(digest, found, status);
    images.push(digest);
  }
  const index = await put(name, {
    mediaType: "application/vnd.docker.distribution.manifest.list.v2+json",
    manifests: images.map((digest) => ({ digest })),
  });
  return { index, images };
}

async function put(imageTag: string, manifest: object): Promise<string> {
  const imageManifest = JSON.stringify({ schemaVersion: 2, ...manifest });
  const imageDigest = digestOf(imageManifest);
  await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest, imageDigest }));
  return imageDigest;
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** What moto is to say of an image, in the shape of enhanced scanning. */
async function answered(imageDigest: string, severities: readonly string[], status: string): Promise<void> {
  const enhancedFindings = severities.map((severity) => ({
    severity,
    packageVulnerabilityDetails: {
      vulnerabilityId: `CVE-${severity}`,
      vulnerablePackages: [{ name: "openssl", version: "3.0.8" }],
    },
  }));
  const imageScanStatus = { status };
  const result = { repositoryName, imageId: { imageDigest }, imageScanStatus, imageScanFindings: { enhancedFindings } };
  const { ok } = await fetch(`${moto.endpoint}/moto-api/static/ecr/scan-finding-results`, {
    method: "POST",
    body: JSON.stringify({ results: [result], region }),
  });
  expect(ok).toBe(true);
}

function scan(digest: string): Promise<{ exitCode: unknown; said: string }> {
  const script = join(import.meta.dirname, "../../local/image/scan.ts");
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const args = [script, "--repository", repositoryName, "--digest", digest];
  return new Promise((resolve) =>
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? error.code : 0, said: stdout + stderr }),
    ),
  );
}
