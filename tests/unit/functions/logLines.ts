/** What a function writes into its log, and the metrics that CloudWatch makes of it. */
import { Ajv } from "ajv";
import { vi } from "vitest";

export type LogLine = Readonly<Record<string, unknown>>;

export interface LoggedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The lines that `work` writes on either output; what it throws is part of what is looked at elsewhere. */
export async function linesOf(work: () => Promise<unknown>): Promise<LogLine[]> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0),
  );
  await work().catch(() => undefined);
  for (const spy of spies) spy.mockRestore();
  return parsedLines(written.join(""));
}

export function parsedLines(text: string): LogLine[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as LogLine);
}

/**
 * Of a line in Embedded Metric Format, its metrics; none of another line.
 *
 * @throws Error when CloudWatch would leave it out: it says nothing of a line that breaks its rules
 */
export function metricsIn(line: LogLine): LoggedMetric[] {
  if (!("_aws" in line)) return [];
  if (!isEmbeddedMetricFormat(line)) throw new Error(JSON.stringify(isEmbeddedMetricFormat.errors));
  const { CloudWatchMetrics } = line["_aws"] as { CloudWatchMetrics: Directive[] };
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit = "None" }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        value: targetOf(line, Name, "number"),
        dimensions: Object.fromEntries(names.map((name) => [name, targetOf(line, name, "string")])),
      })),
    ),
  );
}

function targetOf(line: LogLine, name: string, type: "number"): number;
function targetOf(line: LogLine, name: string, type: "string"): string;
function targetOf(line: LogLine, name: string, type: string): unknown {
  if (typeof line[name] !== type) throw new Error(`the line has no ${type} ${name}: ${JSON.stringify(line)}`);
  return line[name];
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

/** CloudWatch user guide, "Specification: Embedded metric format", "Embedded metric format JSON schema". */
const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const isEmbeddedMetricFormat = new Ajv().compile({
  type: "object",
  required: ["_aws"],
  properties: {
    _aws: {
      type: "object",
      required: ["Timestamp", "CloudWatchMetrics"],
      properties: {
        Timestamp: { type: "integer" },
        CloudWatchMetrics: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            required: ["Namespace", "Dimensions", "Metrics"],
            properties: {
              Namespace: text(1024),
              Dimensions: {
                type: "array",
                minItems: 1,
                items: { type: "array", minItems: 1, maxItems: 30, items: text(250) },
              },
              Metrics: {
                type: "array",
                minItems: 1,
                maxItems: 100,
                items: {
                  type: "object",
                  required: ["Name"],
                  properties: {
                    Name: text(1024),
                    Unit: { enum: ["Count", "None", "Milliseconds", "Seconds", "Bytes"] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});
