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
