/**
 * Stands between the local cloud and the API server, on loopback, and has the server validate strictly whatever is sent: an object with a
 * field that is unknown or doubled is refused (fieldValidation=Strict), as Kubernetes itself would only warn. Tells what was sent.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

export interface StrictRelay {
  /** "http://127.0.0.1:1234" */
  readonly server: string;
  close(): void;
}

/** What was written through it, as GET /sent shows it. */
export interface SentObject {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Of a pod: what was sent. */
  readonly body?: string;
}

const sentPath = "/sent";

/** @param config whose cluster it passes to; who asks brings their own token */
export async function strictRelay(config: KubeConfig): Promise<StrictRelay> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("the kubeconfig names no cluster");
  const ca = Buffer.from(cluster.caData ?? "", "base64");
  const agent = new https.Agent({ ca, keepAlive: true });
  const sent: SentObject[] = [];
  const server = createServer((request, response) => {
    if (request.url === sentPath) response.end(JSON.stringify(sent));
    else void pass(request, response, cluster.server, agent, sent);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    server: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

export async function sentThrough(server: string): Promise<SentObject[]> {
  return (await fetch(new URL(sentPath, server))).json() as Promise<SentObject[]>;
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  server: string,
  agent: https.Agent,
  sent: SentObject[],
): Promise<void> {
  const { method = "GET", headers } = request;
  const url = new URL(request.url ?? "/", server);
  const writes = ["POST", "PUT", "PATCH"].includes(method);
  if (writes) url.searchParams.set("fieldValidation", "Strict");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { host: _, ...others } = headers;
  const passed = https.request(url, { method, headers: others, agent }, (answer) => {
    const status = answer.statusCode ?? 500;
    const isPod = url.pathname.endsWith("/pods");
    if (writes) sent.push({ method, path: url.pathname, status, ...(isPod && { body: body.toString() }) });
    response.writeHead(status, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  passed.on("error", () => response.destroy());
  response.on("close", () => passed.destroy());
  passed.end(body);
}
