/**
 * The template that osls makes of serverless.yml for AWS, without AWS: all that it asks for is the account's number, and the
 * stack as it was deployed before, which there is not.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runOsls } from "../../../local/osls.ts";

const identity = `<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:root</Arn><UserId>root</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

const noStack = `<ErrorResponse><Error><Code>ValidationError</Code><Message>The stack does not exist</Message></Error>
</ErrorResponse>`;

/** @returns path of the template, in the folder */
export async function packagedTemplate(folder: string): Promise<string> {
  const aws = createServer(async (request, response) => {
    const isIdentity = (await text(request)).includes("Action=GetCallerIdentity");
    response.writeHead(isIdentity ? 200 : 400, { "content-type": "text/xml" }).end(isIdentity ? identity : noStack);
  });
  aws.listen(0, "127.0.0.1");
  await once(aws, "listening");
  try {
    const env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const said: string[] = [];
    const code = await runOsls(["package", "--package", folder], env, (part) => said.push(part.toString()));
    if (code !== 0) throw new Error(`osls package ended with ${code}:\n${said.join("")}`);
    return join(folder, "cloudformation-template-update-stack.json");
  } finally {
    aws.closeAllConnections();
    aws.close();
  }
}
