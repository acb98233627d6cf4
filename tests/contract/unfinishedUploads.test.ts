/** S3 gives at most 1,000 uploads in parts at a time, and says from where to go on (API reference, ListMultipartUploads). */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const COUNT = 2_500;
const PAGE = 1_000;
const asked: string[] = [];
const server = createServer((request, answer) => {
  const { searchParams } = new URL(request.url ?? "/", "http://s3");
  asked.push(searchParams.get("key-marker") ?? "");
  const from = Number(searchParams.get("upload-id-marker") ?? 0);
  const until = Math.min(from + PAGE, COUNT);
  const uploads = Array.from({ length: until - from }, (_, index) => uploadXml(from + index));
  const next = `<NextKeyMarker>study/${until}</NextKeyMarker><NextUploadIdMarker>${until}</NextUploadIdMarker>`;
  const end = `<IsTruncated>${until < COUNT}</IsTruncated>${until < COUNT ? next : ""}`;
  answer.end(`<?xml version="1.0"?><ListMultipartUploadsResult>${end}${uploads.join("")}</ListMultipartUploadsResult>`);
});

function uploadXml(number: number): string {
  return `<Upload><Key>study/${number}.vcf</Key><UploadId>${number}</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>`;
}

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

test("all uploads in parts of a folder are listed, however many there are", async () => {
  const { listUnfinishedUploads } = await import("../../aws/objects.ts");
  const uploads = await listUnfinishedUploads({ bucket: "inbox", prefix: "study/" });
  expect(uploads).toHaveLength(COUNT);
  expect(new Set(uploads.map(({ key }) => key)).size).toBe(COUNT);
  expect(uploads[0]).toEqual({ key: "study/0.vcf", begunAt: new Date("2026-01-02T03:04:05.000Z") });
  expect(asked).toEqual(["", "study/1000", "study/2000"]);
});
