/**
 * Roles of AWS's own services, one each per account. CloudFormation fails where they are there already, and would delete what
 * others use; so they are made beside it, and stay.
 */
import { CreateServiceLinkedRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import type { Account } from "./account.ts";

const services = ["spot.amazonaws.com", "emr-containers.amazonaws.com"];

/** @returns the services whose roles were not there */
export async function makeServiceLinkedRoles(account: Account): Promise<string[]> {
  const iam = new IAMClient(account);
  const made: string[] = [];
  for (const AWSServiceName of services) {
    try {
      await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
      made.push(AWSServiceName);
    } catch (error) {
      // IAM calls it an invalid input, with the words "has been taken in this account".
      if (!(error instanceof Error && /has been taken|already exists/.test(error.message))) throw error;
    }
  }
  return made;
}
