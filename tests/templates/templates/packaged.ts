/**
 * The template that osls makes of serverless.yml for AWS, without AWS: all that it asks for is the account's number, and the
 * stack as it was deployed before, which there is not.
 */
import { join } from "node:path";
import { runOsls } from "../../../local/osls.ts";
import { startStandInAws } from "../../contract/documentedCommands/standInAws.ts";

/** @returns path of the template, in the folder */
export async function packagedTemplate(folder: string): Promise<string> {
  const aws = await startStandInAws();
  try {
    const env = {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const said: string[] = [];
    const code = await runOsls(["package", "--package", folder], env, (part) => said.push(part.toString()));
    if (code !== 0) throw new Error(`osls package ended with ${code}:\n${said.join("")}`);
    return join(folder, "cloudformation-template-update-stack.json");
  } finally {
    aws.stop();
  }
}
