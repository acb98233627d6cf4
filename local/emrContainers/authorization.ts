/**
 * Refuses what AWS's front door would refuse: no Signature Version 4, one that lacks a part, or one for another service
 * or region. The signature itself cannot be verified here: only MiniStack knows the secrets of its roles.
 */
import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "./awsError.ts";

const SERVICE = "emr-containers";
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[\w]+)\/(?<date>\d{8})\/(?<region>[a-z0-9-]+)\/(?<service>[a-z0-9-]+)\/aws4_request, ?SignedHeaders=(?<signed>[a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/;

export function checkAuthorization(headers: IncomingHttpHeaders, region: string): void {
  if (headers.authorization === undefined)
    throw forbidden("MissingAuthenticationTokenException", "Missing Authentication Token");
  const parts = AUTHORIZATION.exec(headers.authorization)?.groups;
  const time = headers["x-amz-date"];
  if (parts === undefined || typeof time !== "string" || !/^\d{8}T\d{6}Z$/.test(time)) {
    throw forbidden("IncompleteSignatureException", "The Authorization header is no complete Signature Version 4.");
  }
  const signed = (parts["signed"] ?? "").split(";");
  if (!signed.includes("host") || !signed.includes("x-amz-date") || !time.startsWith(parts["date"] ?? "-")) {
    throw forbidden(
      "IncompleteSignatureException",
      "host and x-amz-date must be signed, with the date of the credential.",
    );
  }
  if (parts["service"] !== SERVICE) {
    throw forbidden("InvalidSignatureException", `Credential should be scoped to correct service: '${SERVICE}'.`);
  }
  if (parts["region"] !== region) {
    throw forbidden(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${parts["region"]}'.`,
    );
  }
}

function forbidden(code: string, message: string): AwsError {
  return new AwsError(code, 403, message);
}
