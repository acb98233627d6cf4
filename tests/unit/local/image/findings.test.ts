import { describe, expect, test } from "vitest";
import { acceptedFindings, refused, scanFindings } from "../../../../local/image/findings.ts";

const today = "2026-11-24";

test("a finding of basic scanning is told with its package", () => {
  const attributes = [
    { key: "package_version", value: "3.0.8" },
    { key: "package_name", value: "openssl" },
  ];
  expect(scanFindings({ findings: [{ name: "CVE-2026-1", severity: "HIGH", attributes }] })).toEqual([
    { id: "CVE-2026-1", severity: "HIGH", package: "openssl" },
  ]);
});

test("a finding of enhanced scanning is told with all packages that have it", () => {
  const packageVulnerabilityDetails = {
    vulnerabilityId: "CVE-2026-2",
    vulnerablePackages: [
      { name: "netty", version: "4.1.1" },
      { name: "netty-http", version: "4.1.2" },
    ],
  };
  const finding = { severity: "CRITICAL", title: "CVE-2026-2 - netty", packageVulnerabilityDetails };
  expect(scanFindings({ enhancedFindings: [finding] })).toEqual([
    { id: "CVE-2026-2", severity: "CRITICAL", package: "netty 4.1.1, netty-http 4.1.2" },
  ]);
});

describe("a finding", () => {
  const found = (severity: string) => [{ id: "CVE-2026-1", severity, package: "openssl" }];
  const accepted = (until: string, id = "CVE-2026-1") => [{ id, reason: "not loaded by VariantSpark", until }];

  test.each(["CRITICAL", "HIGH"])("that is %s may not pass", (severity) => {
    expect(refused(found(severity), [], today)).toEqual(found(severity));
  });

  test.each(["MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "UNTRIAGED"])("that is %s may", (severity) => {
    expect(refused(found(severity), [], today)).toEqual([]);
  });

  test("that was accepted may pass up to the last day, and no longer", () => {
    expect(refused(found("HIGH"), accepted(today), today)).toEqual([]);
    expect(refused(found("HIGH"), accepted("2026-11-23"), today)).toHaveLength(1);
    expect(refused(found("HIGH"), accepted(today, "CVE-2026-2"), today)).toHaveLength(1);
  });

  test.each([
    { id: "CVE-2026-1", until: "2027-01-31" },
    { id: "CVE-2026-1", reason: "", until: "2027-01-31" },
    { id: "CVE-2026-1", reason: "not loaded by VariantSpark" },
    { id: "CVE-2026-1", reason: "not loaded by VariantSpark", until: "later" },
  ])("is not accepted as %j", (entry) => {
    expect(acceptedFindings.safeParse([entry]).success).toBe(false);
  });
});
