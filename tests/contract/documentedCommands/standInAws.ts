/** As much of AWS as `osls print` asks for: whose account it is, and that there is nothing in it yet. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::000000000000:root</Arn><UserId>root</UserId><Account>000000000000</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;
const absent =
  "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>";

export async function startStandInAws(): Promise<{ readonly endpoint: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    const asksWho = (await text(request)).includes("GetCallerIdentity");
    response.writeHead(asksWho ? 200 : 400, { "content-type": "text/xml" }).end(asksWho ? identity : absent);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => server.close() };
}
