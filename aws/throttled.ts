/** Names under which AWS's services refuse a request because there are too many; emr-containers has two of its own. */
const names = [
  "ThrottlingException",
  "Throttling",
  "TooManyRequestsException",
  "RequestThrottledException",
  "EKSRequestThrottledException",
  "RequestLimitExceeded",
  "SlowDown",
];

/** Whether an error says that the same request will be taken later. The SDK has tried three times by then, within a second or two. */
export function isThrottling(error: unknown): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/** Of Node's sockets and name service. */
const connectionErrors = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"];

/** Whether an error tells nothing about the request: AWS has too many, has a fault of its own (5xx), or gave no answer. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  return (
    [...names, "TimeoutError"].includes(error.name) ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    connectionErrors.includes(String(code))
  );
}
