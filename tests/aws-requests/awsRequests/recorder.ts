/** A loopback proxy that keeps every request as it came, and hands it on unchanged unless its door does something else. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, still percent-encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is done with a request: `pass` hands it on, with these headers, and gives the endpoint's answer. */
export type Door = (
  request: RecordedRequest,
  pass: (headers: RecordedRequest["headers"]) => Promise<IncomingMessage>,
) => Promise<IncomingMessage | Answer>;

export class Recorder {
  readonly requests: RecordedRequest[] = [];
  readonly #door: Door;
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(door: Door = (request, pass) => pass(request.headers)) {
    this.#door = door;
  }

  /** The address under which the endpoint is recorded from now on. */
  async inFrontOf(endpoint: string): Promise<string> {
    const { hostname, port } = new URL(endpoint);
    const server = createServer(async (incoming, response) => {
      try {
        const body = await bodyOf(incoming);
        const request = recorded(incoming, body);
        this.requests.push(request);
        const answer = await this.#door(request, async ({ expect: _, "transfer-encoding": __, ...headers }) => {
          const outgoing = send({ hostname, port, method: request.method, path: request.url, headers });
          outgoing.end(body);
          const [said] = (await once(outgoing, "response")) as [IncomingMessage];
          return said;
        });
        if ("status" in answer) response.writeHead(answer.status, answer.headers).end(answer.body);
        else {
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
          await pipeline(answer, response);
        }
      } catch {
        response.destroy();
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#stops.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop();
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function recorded({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): RecordedRequest {
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")] as const);
  return { method, url, headers: Object.fromEntries(flat), bodyBase64: body.toString("base64") };
}
