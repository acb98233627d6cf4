/** An S3 endpoint whose one bucket holds files that exist nowhere; all other requests go on to the endpoint behind it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ByteSource } from "../../core/study/byteSource.ts";

export interface VirtualBucket {
  readonly endpoint: string;
  close(): void;
}

export async function virtualBucket(
  bucket: string,
  files: ReadonlyMap<string, ByteSource>,
  behind: string,
): Promise<VirtualBucket> {
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? "/", behind);
    const [name, ...key] = decodeURIComponent(url.pathname).slice(1).split("/");
    if (name !== bucket) forward(asked, answer, behind);
    else if (url.searchParams.has("list-type")) answer.end(listing(files, url.searchParams.get("prefix") ?? ""));
    else void sendRange(files.get(key.join("/")), asked.headers.range, answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listing(files: ReadonlyMap<string, ByteSource>, prefix: string): string {
  const contents = [...files]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { byteLength }]) => `<Contents><Key>${key}</Key><Size>${byteLength}</Size><ETag>"0"</ETag></Contents>`);
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`;
}

async function sendRange(file: ByteSource | undefined, range: string | undefined, answer: ServerResponse) {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (file === undefined) answer.writeHead(404).end();
  else if (first === undefined || last === undefined) answer.writeHead(416).end();
  else {
    const bytes = await file.slice(Number(first), Number(last) + 1);
    answer.writeHead(206, { "content-length": bytes.length, etag: '"0"' }).end(bytes);
  }
}

function forward(asked: IncomingMessage, answer: ServerResponse, behind: string): void {
  const onward = request(new URL(asked.url ?? "/", behind), { method: asked.method, headers: asked.headers });
  onward.on("response", (got) => got.pipe(answer.writeHead(got.statusCode ?? 502, got.headers)));
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}
