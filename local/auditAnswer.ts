/** What `npm audit --json` answered. */
import { z } from "zod";

const answer = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(["info", "low", "moderate", "high", "critical"]),
      range: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});

export interface Audited {
  readonly passed: boolean;
  readonly lines: readonly string[];
}

/** Passes on an answer without high and critical vulnerabilities; an answer that is none does not pass. */
export function audited(stdout: string): Audited {
  const { success, data } = answer.safeParse(parsed(stdout));
  if (!success) return { passed: false, lines: ["The registry answered no audit, so nothing was checked:", stdout] };
  const grave = Object.entries(data.vulnerabilities).filter(
    ([, { severity }]) => severity === "high" || severity === "critical",
  );
  const lines = grave.map(([name, { severity, range, via }]) => {
    const reasons = via.map((reason) => (typeof reason === "string" ? reason : `${reason.title} ${reason.url}`));
    return `${severity}: ${name} ${range} (${reasons.join("; ")})`;
  });
  const others = Object.keys(data.vulnerabilities).length - grave.length;
  return { passed: grave.length === 0, lines: [...lines, `${grave.length} high or critical, ${others} lesser`] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
