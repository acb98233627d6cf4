/**
 * `npm run bench:api`: how long GET /runs/{id} takes on the local cloud, warm, for a run that waits in Ask and for a finished
 * one, without and with the machine of the client (for which the local options are estimated anew). Measured at the
 * client, one call after the other, API Gateway, IAM, Lambda and the emulated S3 and Step Functions included.
 *
 *   --calls N  calls of each kind, 200 unless given
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLocalCloud } from "../local/cloud.ts";
import { PipelineClient } from "../local/pipelineClient.ts";
import { runsInEachState } from "../local/runsInEachState.ts";
import { table } from "../local/screen.ts";
import { stopOnSignals } from "../local/stopOnSignals.ts";
import { keepFigures } from "./keepFigures.ts";

const project = join(import.meta.dirname, "..");
const WARM_UP_CALLS = 20;
const { values: options } = parseArgs({ options: { calls: { type: "string", default: "200" } } });

const cloud = await startLocalCloud({ home: join(project, ".local"), onProgress: (line) => console.log(line) });
stopOnSignals(() => cloud.stop());
try {
  await bench(new PipelineClient(cloud), Number(options.calls));
} finally {
  await cloud.stop();
}

async function bench(client: PipelineClient, calls: number): Promise<void> {
  const { asked, finished } = await runsInEachState(cloud, client, 1);
  const machine = "?cores=8&memoryGiB=32";
  const paths = {
    "in Ask": `/runs/${asked[0]}`,
    "in Ask, with a machine": `/runs/${asked[0]}${machine}`,
    finished: `/runs/${finished}`,
    "finished, with a machine": `/runs/${finished}${machine}`,
  };
  const measured: { name: string; milliseconds: number[]; bytes: number }[] = [];
  for (const [name, path] of Object.entries(paths)) measured.push({ name, ...(await callsOf(client, path, calls)) });

  const rows = measured.map(({ name, milliseconds, bytes }) => [
    name,
    ...[0.5, 0.95, 1].map((share) => quantile(milliseconds, share).toFixed(1)),
    String(bytes),
  ]);
  console.log(table([["GET /runs/{id}", "p50 ms", "p95 ms", "max ms", "bytes"], ...rows]).join("\n"));
  const all = measured.flatMap(({ milliseconds }) => milliseconds);
  const figures = {
    getRunMsP50: round(quantile(all, 0.5)),
    getRunMsP95: round(quantile(all, 0.95)),
    getRunMsMax: round(Math.max(...all)),
    slowestKindMsP95: round(Math.max(...measured.map(({ milliseconds }) => quantile(milliseconds, 0.95)))),
    calls: all.length,
  };
  await keepFigures("api", figures);
}

async function callsOf(
  client: PipelineClient,
  path: string,
  calls: number,
): Promise<{ milliseconds: number[]; bytes: number }> {
  const milliseconds: number[] = [];
  let bytes = 0;
  for (let call = 0; call < WARM_UP_CALLS + calls; call++) {
    const begun = performance.now();
    const { status, body } = await client.call("GET", path);
    if (call >= WARM_UP_CALLS) milliseconds.push(performance.now() - begun);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    bytes = Buffer.byteLength(JSON.stringify(body));
  }
  return { milliseconds, bytes };
}

/** The smallest value that this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
