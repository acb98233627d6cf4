/** What ECR's scan found in an image, and what of it may not pass. Basic and enhanced scanning answer in different shapes. */
import type { ImageScanFindings } from "@aws-sdk/client-ecr";
import { z } from "zod";

export interface ScanFinding {
  /** Such as CVE-2025-24970. */
  readonly id: string;
  readonly severity: string;
  readonly package: string;
}

/** docker/accepted-findings.yaml */
export const acceptedFindings = z.array(
  z.strictObject({ id: z.string(), reason: z.string().min(10), until: z.iso.date() }),
);
export type AcceptedFinding = z.infer<typeof acceptedFindings>[number];

export function scanFindings({ findings = [], enhancedFindings = [] }: ImageScanFindings): ScanFinding[] {
  const basic = findings.map(({ name = "", severity = "", attributes = [] }) => ({
    id: name,
    severity,
    package: attributes.find(({ key }) => key === "package_name")?.value ?? "",
  }));
  const enhanced = enhancedFindings.map(({ severity = "", title = "", packageVulnerabilityDetails: details }) => ({
    id: details?.vulnerabilityId ?? title,
    severity,
    package: (details?.vulnerablePackages ?? []).map(({ name, version }) => `${name} ${version}`).join(", "),
  }));
  return [...basic, ...enhanced];
}

/** Critical and high ones that nobody has accepted, or not for this day. @param today ISO 8601 date */
export function refused(
  findings: readonly ScanFinding[],
  accepted: readonly AcceptedFinding[],
  today: string,
): ScanFinding[] {
  const passing = new Set(accepted.filter(({ until }) => until >= today).map(({ id }) => id));
  return findings.filter(({ id, severity }) => ["CRITICAL", "HIGH"].includes(severity) && !passing.has(id));
}
