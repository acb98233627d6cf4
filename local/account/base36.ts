/**
 * A name as EMR on EKS writes it into the service accounts of its jobs: its bytes as one big-endian integer, in base 36
 * (`aws emr-containers update-role-trust-policy` of the AWS CLI computes the same, customizations/emrcontainers/base36.py).
 */
export function base36(name: string): string {
  return BigInt(`0x${Buffer.from(name).toString("hex")}`).toString(36);
}
