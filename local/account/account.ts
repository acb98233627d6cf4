import type { Credentials } from "../ministack.ts";

/** Where to deploy. Endpoint and credentials are the local cloud's; on AWS they are those of the user's environment. */
export interface Account {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
}
