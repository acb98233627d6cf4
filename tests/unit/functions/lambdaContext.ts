/** As Lambda hands it to a handler, and API Gateway to one that it has let somebody of the account through to. */
import type { Context } from "aws-lambda";

export const requestId = "5d3f0a1e-request";

export const lambdaContext: Context = {
  awsRequestId: requestId,
  callbackWaitsForEmptyEventLoop: false,
  functionName: "function",
  functionVersion: "1",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:function",
  memoryLimitInMB: "512",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 1_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const accountId = "123456789012";

export const requestContext = {
  accountId,
  authorizer: { iam: { accountId, userArn: `arn:aws:iam::${accountId}:user/researcher` } },
};
