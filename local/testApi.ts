/**
 * `npm run test:api`: holds the API of the local cloud against docs/openapi.json. Schemathesis makes hundreds of calls from the
 * document, valid and broken ones, signed as the researcher, on runs that are there in each state, and looks for server
 * errors, statuses and answers that the document does not know, and calls that pass unsigned. Then strangers knock at each
 * operation. Fails when anything was found; what was called lies in .local/api.
 *
 *   --seconds N  how long Schemathesis may take, 120 unless given
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLocalCloud } from "./cloud.ts";
import { ensureVenv } from "./engine/venv.ts";
import { researcherEnvironment } from "./notebookEnvironment.ts";
import { PipelineClient } from "./pipelineClient.ts";
import { type Runs, runsInEachState } from "./runsInEachState.ts";
import { table } from "./screen.ts";
import { stopOnSignals } from "./stopOnSignals.ts";
import { statusesOf } from "./testApi/calls.ts";
import { type OpenApiOperation, openApiFile, openApiOperations } from "./testApi/operations.ts";
import { letInStrangers } from "./testApi/strangers.ts";

/** Without unsupported_method: API Gateway answers 404, not 405, to methods that no route has; without
 * use_after_free: DELETE cancels a run, which stays to be looked at. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "ignored_auth",
];
const home = join(import.meta.dirname, "..", ".local");
const folder = join(home, "api");
const harFile = join(folder, "calls.har");
const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "120" } } });
const say = (line: string) => console.log(line);
const requirements = await readFile(join(import.meta.dirname, "testApi", "requirements.txt"), "utf8");
const venv = await ensureVenv(join(home, "api-venv"), requirements, "Schemathesis (about 60 MB)", say);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const cloud = await startLocalCloud({ home, onProgress: say });
let passed = false;
const stop = () => cloud.stop(!passed);
stopOnSignals(stop);
try {
  const operations = await openApiOperations();
  say("Bringing runs into each state");
  const runs = await runsInEachState(cloud, new PipelineClient(cloud), 7);
  await writeFile(join(folder, "schemathesis.toml"), configuration(runs));
  const exitCode = await schemathesis();
  const statuses = await statusesOf(harFile, cloud.apiUrl, operations);
  for (const line of statusTable(statuses)) say(line);
  const letIn = await letInStrangers(cloud, operations, runs.finished);
  const failures = [
    ...(exitCode === 0 ? [] : [`schemathesis ended with ${exitCode}`]),
    ...neverTaken(operations, statuses),
    ...letIn,
  ];
  if (failures.length > 0) throw new Error(failures.join("\n"));
  say(
    `Strangers were refused by all ${operations.length} operations: unsigned, with a bearer token, with an unknown key, without the policy.`,
  );
  passed = true;
} finally {
  if (!passed) say(`What was called lies in ${folder}, the local cloud's logs in ${cloud.stateDir}`);
  await stop();
}

/** Which runs each operation is tried on: one that ends a run has runs of its own. Local runs need no engine here. */
function configuration({ prefix, finished, asked, growing, awaitingLocal }: Runs): string {
  const [open = "", ...others] = asked;
  const chosen = others.slice(0, others.length / 2);
  const cancelled = others.slice(others.length / 2);
  const ids = {
    getRun: [finished, open, awaitingLocal],
    listFiles: [finished, open, awaitingLocal],
    chooseOption: [...chosen, finished],
    reportLocalResult: [awaitingLocal, open, finished],
    finishRun: [growing, finished],
    cancelRun: [...cancelled, finished],
  };
  const names = Object.keys(ids);
  return [
    "[dictionaries]",
    `folders = { values = ${JSON.stringify([prefix])} }`,
    `options = { values = ["local"] }`,
    ...Object.entries(ids).map(([name, values]) => `${name} = { values = ${JSON.stringify(values)} }`),
    ...names.map((name) => operationTable(name, `"path.id" = { dictionary = "${name}", probability = 0.7 }`)),
    operationTable(
      "startRun",
      `"body.prefix" = { dictionary = "folders", probability = 0.3 }`,
      `"body.analysis.where" = { dictionary = "options" }`,
    ),
  ].join("\n");
}

function operationTable(id: string, ...parameters: readonly string[]): string {
  return ["", "[[operations]]", `include-operation-id = "${id}"`, "[operations.parameters]", ...parameters].join("\n");
}

async function schemathesis(): Promise<number | string | null> {
  const child = spawn(
    join(venv.bin, "schemathesis"),
    [
      ...["--config-file", join(folder, "schemathesis.toml"), "run", openApiFile, "--url", cloud.apiUrl],
      ...["--checks", checks.join(","), "--phases", "examples,coverage,fuzzing,stateful"],
      ...["--seed", "13", "--max-examples", "40", "--max-time", options.seconds, "--continue-on-failure"],
      ...["--warnings", "off", "--report", "har", "--report-har-path", harFile],
    ],
    {
      cwd: folder,
      stdio: "inherit",
      env: {
        ...researcherEnvironment(cloud, venv),
        PYTHONPATH: join(import.meta.dirname, "testApi"),
        PYTHONDONTWRITEBYTECODE: "1",
        SCHEMATHESIS_HOOKS: "sign",
      },
    },
  );
  return new Promise((resolve, reject) =>
    child.on("error", reject).on("close", (exitCode, signal) => resolve(exitCode ?? signal)),
  );
}

function statusTable(statuses: ReadonlyMap<string, ReadonlyMap<number, number>>): string[] {
  const rows = [...statuses].map(([id, counts]) => [
    id,
    [...counts]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${count} × ${status}`)
      .join(", "),
  ]);
  return table([["operation", "answered"], ...rows]);
}

/** An operation that only ever refused was not tried. */
function neverTaken(
  operations: readonly OpenApiOperation[],
  statuses: ReadonlyMap<string, ReadonlyMap<number, number>>,
): string[] {
  return operations
    .filter(({ id }) => ![...(statuses.get(id)?.keys() ?? [])].some((status) => status < 300))
    .map(({ id }) => `no call of ${id} was taken`);
}
