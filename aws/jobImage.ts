/** Which image the jobs run in, as the image's own pipeline has said last. */
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { pinnedImage } from "../core/variantspark/jobImage.ts";
import { environment } from "./environment.ts";

const ssm = new SSMClient({});

/**
 * By its digest; undefined while there is no such parameter. One request.
 *
 * @throws Error when the parameter names no digest
 */
export async function jobImage(): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: environment("JOB_IMAGE_PARAMETER") }));
    return Parameter?.Value === undefined ? undefined : pinnedImage(Parameter.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
