/**
 * Stands between the functions and the emulator in AWS's place: it evaluates what each request needs by the role of the
 * function that makes it, and answers AccessDenied as the service would. What it lets through is signed anew by the account's
 * owner, so that it alone decides: the emulator's own rules differ from AWS's for some services.
 */
import type { IncomingMessage } from "node:http";
import { AwsV4Signer } from "aws4fetch";
import type { Credentials } from "../../../local/ministack.ts";
import { type Answer, type Door, type RecordedRequest, Recorder } from "../../aws-requests/awsRequests/recorder.ts";
import { credentialOf, invokedFunction, needsOf, needToLearnAbsence, type Stack } from "./needs.ts";
import { isAllowed, type Need, type Statement } from "./policy.ts";

export interface Judged {
  readonly function: string;
  readonly needs: readonly Need[];
  readonly denied?: Need;
}

/** What is deployed: known once it is. */
export interface Deployed {
  readonly stack: Stack;
  /** Of the key itself, for the account: no role gets more out of it. */
  readonly keyStatements: readonly Statement[];
  readonly owner: Credentials;
}

export class RoleRelay {
  readonly judged: Judged[] = [];
  /** Of requests that could not be judged; their callers got no answer. */
  readonly errors: unknown[] = [];
  /** By function: the statements of its role, as they are or with some withheld. */
  readonly roles = new Map<string, readonly Statement[]>();
  deployed: Deployed | undefined;
  /** Functions are called one at a time. */
  calling = "";
  readonly #functionByKey = new Map<string, string>();
  /** May do something while a request is under way, or answer in the service's place. */
  meanwhile: (request: RecordedRequest) => Promise<Answer | undefined> = async () => undefined;
  readonly #recorder = new Recorder((request, pass) =>
    this.#judge(request, pass).catch((error) => {
      this.errors.push(error);
      throw error;
    }),
  );

  inFrontOf(endpoint: string): Promise<string> {
    return this.#recorder.inFrontOf(endpoint);
  }

  stop(): Promise<void> {
    return this.#recorder.stop();
  }

  async #judge(request: RecordedRequest, pass: Parameters<Door>[1]): Promise<IncomingMessage | Answer> {
    if (this.deployed === undefined) throw new Error("a function called before it was deployed");
    const { stack, owner } = this.deployed;
    const caller = this.#callerOf(request);
    const needs = [...needsOf(request, stack)];
    const denied = this.#firstDenied(caller, needs);
    if (denied !== undefined) {
      this.judged.push({ function: caller, needs, denied });
      return accessDenied(request, denied);
    }
    const answer = (await this.meanwhile(request)) ?? priceList(request) ?? (await this.#passed(request, owner, pass));
    const absent = "statusCode" in answer && answer.statusCode === 404 && isObjectRead(needs);
    const toLearn = absent ? [needToLearnAbsence(request)] : [];
    const hidden = this.#firstDenied(caller, toLearn);
    this.judged.push({ function: caller, needs: [...needs, ...toLearn], ...(hidden && { denied: hidden }) });
    if (hidden === undefined) return answer;
    if ("resume" in answer) answer.resume();
    return accessDenied(request, hidden);
  }

  /** A function that calls another waits for it. */
  async #passed(request: RecordedRequest, owner: Credentials, pass: Parameters<Door>[1]): Promise<IncomingMessage> {
    const caller = this.calling;
    this.calling = invokedFunction(request)?.split("-").at(-1) ?? caller;
    try {
      return await pass(await signedBy(owner, request));
    } finally {
      this.calling = caller;
    }
  }

  /** Credentials belong to the function that was being called when they were seen first, and never come from another. */
  #callerOf(request: RecordedRequest): string {
    const keyId = credentialOf(request)[0] ?? "";
    const known = this.#functionByKey.get(keyId) ?? this.calling;
    this.#functionByKey.set(keyId, known);
    if (known === "" || (this.calling !== "" && known !== this.calling))
      throw new Error(`${this.calling || "nobody"} has credentials of ${known}`);
    return known;
  }

  #firstDenied(caller: string, needs: readonly Need[]): Need | undefined {
    const { keyStatements = [] } = this.deployed ?? {};
    return needs.find(
      (need) =>
        !isAllowed(this.roles.get(caller) ?? [], need) ||
        (need.action.startsWith("kms:") && !isAllowed(keyStatements, need)),
    );
  }
}

/** The emulator has none. */
function priceList({ headers }: RecordedRequest): Answer | undefined {
  if (!headers["x-amz-target"]?.endsWith(".GetProducts")) return undefined;
  return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: '{"PriceList":[]}' };
}

function isObjectRead([first]: readonly Need[]): boolean {
  return first?.action === "s3:GetObject";
}

/** Of a presigned link, whose signature is a part of it, nothing is changed. */
async function signedBy(owner: Credentials, request: RecordedRequest): Promise<RecordedRequest["headers"]> {
  const { authorization, "x-amz-security-token": _token, "x-amz-date": _date, ...headers } = request.headers;
  if (authorization === undefined) return request.headers;
  const [, , region = "", service = ""] = credentialOf(request);
  const signed = await new AwsV4Signer({
    ...owner,
    region,
    service,
    method: request.method,
    url: new URL(request.url, `http://${headers["host"]}`).href,
    headers: { ...headers },
    body: Buffer.from(request.bodyBase64, "base64"),
  }).sign();
  return { ...headers, ...Object.fromEntries(signed.headers.entries()) };
}

/** In the words and the protocol of the service that is asked. */
function accessDenied({ method, headers, url }: RecordedRequest, { action, resource }: Need): Answer {
  const message = `User is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const json = JSON.stringify({ __type: "AccessDeniedException", message });
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  if (headers["x-amz-target"] !== undefined)
    return { status: 400, headers: { "content-type": "application/x-amz-json-1.0" }, body: json };
  if (isForm) {
    const isEc2 = headers["authorization"]?.includes("/ec2/");
    const error = `<Error><Code>${isEc2 ? "UnauthorizedOperation" : "AuthorizationError"}</Code><Message>${message}</Message></Error>`;
    const body = isEc2 ? `<Response><Errors>${error}</Errors></Response>` : `<ErrorResponse>${error}</ErrorResponse>`;
    return { status: 403, headers: { "content-type": "text/xml" }, body };
  }
  if (/^\/(clusters|virtualclusters|2015-03-31)\//.test(url))
    return {
      status: 403,
      headers: { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" },
      body: json,
    };
  const body = method === "HEAD" ? "" : `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
  return { status: 403, headers: { "content-type": "application/xml" }, body };
}
