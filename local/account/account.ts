import type { Credentials } from "../ministack.ts";

/** Where to deploy. Endpoint and credentials are the local cloud's; on AWS they are those of the user's environment. */
export interface Account {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
}

/** Where to deploy and as whom, on top of a process's own environment. */
export function environmentOf({ region, endpoint, credentials }: Account): Record<string, string> {
  return {
    AWS_REGION: region,
    ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  };
}
