import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openCluster } from "../../../../local/emrContainers/kubernetes/cluster.ts";
import { followLogs } from "../../../../local/emrContainers/kubernetes/podLogs.ts";

type Answer = (response: ServerResponse) => void;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** An API server that gives these answers one after the other, and the queries that it was asked. */
async function apiServer(...answers: Answer[]) {
  const queries: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    queries.push(new URL(request.url ?? "", "http://localhost").searchParams);
    (answers.shift() ?? gone)(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const file = join(await mkdtemp(join(tmpdir(), "kubeconfig-")), "config");
  const config = {
    clusters: [{ name: "c", cluster: { server: serverOf(server.address()), "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(file, JSON.stringify(config));
  return { cluster: await openCluster(file), queries };
}

function serverOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const stamp = (second: number) => `2026-11-24T15:00:0${second}.000000001Z`;
const lines =
  (...texts: string[]): Answer =>
  (response) =>
    response.end(`${texts.join("\n")}\n`);
const broken =
  (...texts: string[]): Answer =>
  (response) => {
    response.write(`${texts.join("\n")}\n`, () => setTimeout(() => response.destroy(), 50));
  };
const gone: Answer = (response) => response.writeHead(404).end();

async function heard(answers: Answer[], states: ("running" | "ended" | "gone")[]) {
  const { cluster, queries } = await apiServer(...answers);
  const said: string[] = [];
  const where = { cluster, namespace: "n", pod: "p", container: "c", signal: AbortSignal.timeout(20_000) };
  const onLine = (stream: string, line: string) => void said.push(`${stream}: ${line}`);
  await followLogs({ ...where, onLine }, async () => states.shift() ?? "ended");
  return { said, queries };
}

test("a connection that breaks is taken up where it broke, and no line comes twice", async () => {
  const first = [`${stamp(1)} o Loaded variables`, `${stamp(2)} e INFO one`];
  const second = [`${stamp(2)} e INFO one`, `${stamp(3)} e INFO two`];
  const { said, queries } = await heard([broken(...first), lines(...second)], ["running", "ended"]);
  expect(said).toEqual(["stdout: Loaded variables", "stderr: INFO one", "stderr: INFO two"]);
  expect(queries.map((query) => query.get("sinceTime"))).toEqual([null, stamp(2)]);
});

test("lines of the same moment are all heard, however its zeroes are written", async () => {
  const moments = ["2026-11-24T15:00:01.5Z", "2026-11-24T15:00:01.5Z", "2026-11-24T15:00:01.500000001Z"];
  const { said } = await heard([lines(...moments.map((moment, at) => `${moment} o ${at}`))], ["ended"]);
  expect(said).toEqual(["stdout: 0", "stdout: 1", "stdout: 2"]);
});

test("a pod that has no node, and then a container that has not started, are asked again", async () => {
  const notYet =
    (status: number): Answer =>
    (response) =>
      response.writeHead(status).end();
  const answers = [notYet(204), notYet(400), lines(`${stamp(1)} o late`)];
  const { said } = await heard(answers, ["running", "running", "ended"]);
  expect(said).toEqual(["stdout: late"]);
});

test("what an ended container said is read to its end, and then it is over", async () => {
  const { said, queries } = await heard([lines(`${stamp(1)} o all`)], ["ended"]);
  expect(said).toEqual(["stdout: all"]);
  expect(queries).toHaveLength(1);
});

test("a pod that is gone says nothing more", async () => {
  expect((await heard([], ["gone"])).said).toEqual([]);
});

test("who may not read the log is told so", async () => {
  await expect(heard([(response) => response.writeHead(403).end()], ["running"])).rejects.toThrow("403");
});
