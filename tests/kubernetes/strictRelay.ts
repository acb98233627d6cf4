/**
 * Stands between the API server and those who write to it, the local cloud and Spark's drivers, and has the server validate strictly what they
 * send: an object with a field that is unknown or doubled is refused (fieldValidation=Strict), of which Kubernetes itself would only
 * warn. Tells what was asked, as whom.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";

export interface StrictRelay {
  /** "http://10.0.0.1:1234" */
  readonly server: string;
  close(): void;
}

/** What was asked through it, as GET /asked shows it. */
export interface Asked {
  /** Name of the service account. */
  readonly account: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  /** Of a request that makes or changes something. */
  readonly body?: { readonly type: string; readonly text: string };
}

const askedPath = "/asked";

/**
 * @param config whose cluster it passes to; who asks brings a token of their own
 * @param address of this machine that pods reach
 */
export async function strictRelay(config: KubeConfig, address: string): Promise<StrictRelay> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("the kubeconfig names no cluster");
  const ca = cluster.caData ? Buffer.from(cluster.caData, "base64") : undefined;
  const agent = new https.Agent({ ...(ca && { ca }), keepAlive: true });
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    if (request.url === askedPath) response.end(JSON.stringify(asked));
    else void pass(request, response, cluster.server, agent, asked);
  });
  server.on("upgrade", (request, socket) => watchThrough(request, socket, cluster.server, agent, asked));
  server.listen(0, address);
  await once(server, "listening");
  const listening = server.address();
  if (listening === null || typeof listening === "string") throw new Error("no port");
  return {
    server: `http://${address}:${listening.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

export async function askedThrough(server: string): Promise<Asked[]> {
  return (await fetch(new URL(askedPath, server))).json() as Promise<Asked[]>;
}

/** Kubernetes's names for what was asked: "create pods", "get pods/log"; a patch that makes an object needs two rights. */
export function rightsFor({ method, path, status }: Pick<Asked, "method" | "path" | "status">): string[] {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  const [resource = "", name, subresource] = pathname.replace(/^\/api\/v1\/(namespaces\/[^/]+\/)?/, "").split("/");
  const verb = () => {
    if (method === "GET" && searchParams.get("watch") === "true") return "watch";
    if (method === "GET") return name === undefined ? "list" : "get";
    if (method === "DELETE") return name === undefined ? "deletecollection" : "delete";
    return { POST: "create", PUT: "update", PATCH: "patch" }[method] ?? method;
  };
  const verbs = method === "PATCH" && status === 201 ? ["patch", "create"] : [verb()];
  return verbs.map((one) => `${one} ${subresource === undefined ? resource : `${resource}/${subresource}`}`);
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  server: string,
  agent: https.Agent,
  asked: Asked[],
): Promise<void> {
  const { method = "GET", headers, url: path = "/" } = request;
  const url = new URL(path, server);
  const writes = ["POST", "PUT", "PATCH"].includes(method);
  if (writes) url.searchParams.set("fieldValidation", "Strict");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  const { host: _, ...others } = headers;
  const passed = https.request(url, { method, headers: others, agent }, (answer) => {
    const status = answer.statusCode ?? 500;
    const body = { type: headers["content-type"] ?? "", text: content.toString() };
    asked.push({ account: accountOf(headers.authorization), method, path, status, ...(writes && { body }) });
    response.writeHead(status, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  passed.on("error", () => response.destroy());
  response.on("close", () => passed.destroy());
  passed.end(content);
}

/** A watch by WebSocket, as Spark's client asks for. */
function watchThrough(
  { headers, url: path = "/", method = "GET" }: IncomingMessage,
  socket: Duplex,
  server: string,
  agent: https.Agent,
  asked: Asked[],
): void {
  const { host: _, ...others } = headers;
  const passed = https.request(new URL(path, server), { headers: others, agent });
  const note = (status: number) => asked.push({ account: accountOf(headers.authorization), method, path, status });
  passed.on("upgrade", (answer, inside) => {
    note(101);
    const lines = answer.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
    inside.on("error", () => socket.destroy()).pipe(socket);
    socket.on("error", () => inside.destroy()).pipe(inside);
  });
  passed.on("response", (answer) => {
    note(answer.statusCode ?? 500);
    socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\ncontent-length: 0\r\n\r\n`);
  });
  passed.on("error", () => socket.destroy());
  passed.end();
}

/** From the token, which the API server verifies. */
function accountOf(authorization = ""): string {
  const payload = authorization.split(".")[1] ?? "";
  const { sub = "" } = JSON.parse(Buffer.from(payload, "base64url").toString() || "{}") as { sub?: string };
  return sub.split(":").at(-1) ?? "";
}
