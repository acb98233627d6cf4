/** `npm run image:use -- --parameter NAME --image REPOSITORY@sha256:…`: the jobs of the stage that reads the parameter run in it from now on. */
import { parseArgs } from "node:util";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { pinnedImage } from "../../core/variantspark/jobImage.ts";

const { values } = parseArgs({ options: { parameter: { type: "string" }, image: { type: "string" } } });
const { parameter, image } = values;
if (!parameter || !image) throw new Error("--parameter and --image are needed");
const request = { Name: parameter, Value: pinnedImage(image), Type: "String", Overwrite: true } as const;
await new SSMClient({}).send(new PutParameterCommand(request));
console.log(`${parameter} is ${image}`);
