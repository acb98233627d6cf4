/** `npm run local`: the local cloud until Ctrl-C, with its endpoints and how to use them. Its flags: kubernetesFlags.ts. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLocalCloud } from "./cloud.ts";
import { kubernetesFlags, kubernetesOptions } from "./kubernetesFlags.ts";
import "./plainErrors.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

const home = join(import.meta.dirname, "..", ".local");
const kubernetes = kubernetesOptions(parseArgs({ options: kubernetesFlags }).values);
const cloud = await startLocalCloud({ home, onProgress: (line) => console.log(line), kubernetes });
stopOnSignals(async () => {
  console.log("Ending the local cloud");
  await cloud.stop();
});
console.log(`
The local cloud is ready; Ctrl-C ends it and forgets what is in it.

  AWS           ${cloud.awsEndpoint}
  EMR on EKS    ${cloud.emrContainersEndpoint}
  API           ${cloud.apiUrl}
  Inbox         s3://${cloud.outputs.InboxBucketName}/<study>/
  Results       s3://${cloud.outputs.RunsBucketName}/runs/<run>/

In another terminal, as the researcher of this cloud:

  export AWS_ENDPOINT_URL=${cloud.awsEndpoint} AWS_REGION=${cloud.region}
  export AWS_ACCESS_KEY_ID=${cloud.researcher.accessKeyId} AWS_SECRET_ACCESS_KEY=${cloud.researcher.secretAccessKey}
  aws s3 cp --recursive my-study s3://${cloud.outputs.InboxBucketName}/my-study/
  curl --aws-sigv4 "aws:amz:${cloud.region}:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '${cloud.apiUrl}/runs'
`);
setInterval(() => {}, 1 << 30);
