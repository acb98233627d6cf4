/** The function of the cluster's stack that makes the namespace of jobs, against a server that answers as a Kubernetes API. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Engine, ensureEngine } from "../../local/engine/engine.ts";
import { runTool } from "../../local/engine/runTool.ts";
import { clusterTemplate } from "../unit/stack/clusterTemplate.ts";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let engine: Engine;
let folder: string;
let server: Server;
let certificate: string;
let requests: Request[];
/** Statuses of the next answers; 200 after them. */
let statuses: number[];

beforeAll(async () => {
  engine = await ensureEngine(join(import.meta.dirname, "../../.local"), () => {});
  folder = await mkdtemp(join(tmpdir(), "namespace-"));
  const keyStore = join(folder, "server.p12");
  const store = ["-keystore", keyStore, "-storepass", "changeit", "-alias", "server"];
  const keytool = join(engine.javaHome, "bin/keytool");
  const names = ["-dname", "CN=kubernetes", "-ext", "san=ip:127.0.0.1"];
  await runTool(keytool, ["-genkeypair", "-keyalg", "RSA", "-storetype", "PKCS12", ...names, ...store]);
  certificate = await runTool(keytool, ["-exportcert", "-rfc", ...store]);
  server = createServer({ pfx: await readFile(keyStore), passphrase: "changeit" }, async (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers, body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
beforeEach(() => {
  requests = [];
  statuses = [];
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a namespace is applied, by a token that says who the caller is and for which cluster", async () => {
  expect(await answerTo("Create")).toEqual({ status: "SUCCESS", id: "variantspark", reason: null });
  expect(requests).toHaveLength(1);
  const [{ method, url, headers, body } = {} as Request] = requests;
  expect(`${method} ${url}`).toBe("PATCH /api/v1/namespaces/variantspark?fieldManager=variantspark-pipeline");
  expect(headers["content-type"]).toBe("application/apply-patch+yaml");
  expect(JSON.parse(body)).toEqual({ apiVersion: "v1", kind: "Namespace", metadata: { name: "variantspark" } });

  const [, token = ""] = /^Bearer k8s-aws-v1\.([\w-]+)$/.exec(headers.authorization ?? "") ?? [];
  const link = new URL(Buffer.from(token, "base64url").toString());
  expect(link.origin).toBe("https://sts.eu-central-1.amazonaws.com");
  expect(Object.fromEntries(link.searchParams)).toMatchObject({
    Action: "GetCallerIdentity",
    "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    "X-Amz-Expires": "60",
    "X-Amz-Credential": expect.stringMatching(/^AKIDEXAMPLE\/\d{8}\/eu-central-1\/sts\/aws4_request$/),
  });
});

describe("an access entry that the API server does not know yet", () => {
  test.each([401, 403])("(%d) is waited for", async (status) => {
    statuses = [status];
    expect(await answerTo("Update")).toMatchObject({ status: "SUCCESS" });
    expect(requests).toHaveLength(2);
  });
});

test("an error of the API fails the resource, with its words", async () => {
  statuses = [500];
  expect(await answerTo("Create")).toMatchObject({
    status: "FAILED",
    reason: expect.stringMatching(/^The namespace variantspark: PATCH .* answered 500/),
  });
});

describe("deletion", () => {
  test("deletes the namespace", async () => {
    expect(await answerTo("Delete")).toMatchObject({ status: "SUCCESS", reason: null });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["DELETE /api/v1/namespaces/variantspark"]);
  });

  test("finds that there is none", async () => {
    statuses = [404];
    expect(await answerTo("Delete")).toMatchObject({ status: "SUCCESS", reason: null });
    expect(requests).toHaveLength(1);
  });

  test("does not keep the stack when the API fails, and says so", async () => {
    statuses = [500];
    expect(await answerTo("Delete")).toMatchObject({
      status: "SUCCESS",
      reason: expect.stringContaining("answered 500"),
    });
    expect(requests).toHaveLength(1);
  });
});

async function answerTo(RequestType: string): Promise<unknown> {
  const ResourceProperties = {
    ClusterName: "variantspark-cluster",
    Endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    Certificate: Buffer.from(certificate).toString("base64"),
    Namespace: "variantspark",
  };
  const code = clusterTemplate.Resources["NamespaceFunction"]?.Properties?.["Code"] as { ZipFile: string } | undefined;
  const event = JSON.stringify({ RequestType, ResourceProperties });
  const child = spawn(engine.python, [join(import.meta.dirname, "account/runHandler.py"), code?.ZipFile ?? "", event], {
    env: { AWS_DEFAULT_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await text(child.stdout);
  return JSON.parse(said.trim().split("\n").at(-1) ?? "");
}
