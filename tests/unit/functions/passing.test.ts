import { expect, test } from "vitest";
import { isPassing, isThrottling } from "../../../aws/throttled.ts";

function error(name: string, parts: object = {}): Error {
  return Object.assign(new Error("said so"), { name, ...parts });
}

test.each([
  [error("ThrottlingException", { $metadata: { httpStatusCode: 400 } }), true, true],
  [error("RequestThrottledException", { $metadata: { httpStatusCode: 400 } }), true, true],
  [error("EKSRequestThrottledException", { $metadata: { httpStatusCode: 429 } }), true, true],
  [error("SlowDown", { $metadata: { httpStatusCode: 503 } }), true, true],
  [error("InternalServerException", { $metadata: { httpStatusCode: 500 } }), false, true],
  [error("Error", { code: "ECONNRESET" }), false, true],
  [error("TimeoutError"), false, true],
  [error("ValidationException", { $metadata: { httpStatusCode: 400 } }), false, false],
  [error("AccessDeniedException", { $metadata: { httpStatusCode: 403 } }), false, false],
  [error("TypeError"), false, false],
  ["no error", false, false],
])("%o: throttling %s, passing %s", (refusal, throttling, passing) => {
  expect(isThrottling(refusal)).toBe(throttling);
  expect(isPassing(refusal)).toBe(passing);
});
