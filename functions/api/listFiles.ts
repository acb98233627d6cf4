/** GET /runs/{id}/files: links to the run's inputs and results, and one to hand in a local result. */
import { z } from "zod";
import { matrixKeys } from "../../aws/matrices.ts";
import { downloadLink, objectExists, uploadLink } from "../../aws/objects.ts";
import { getRun, runKeys, runsBucket } from "../../aws/runsStore.ts";
import { resultNames } from "../../core/report/resultNames.ts";
import { localCommand, localNames } from "../../core/run/localRun.ts";
import type { Run } from "../../core/run/run.ts";
import type { Link, RunFiles } from "./answers.ts";
import { type Answer, route, runPath } from "./route.ts";

/** Links end after this many seconds; a transfer that has begun goes on, and a client asks again for the next. */
const expiresIn = 900;

export const request = z.object({ path: runPath });

export const handler = route(request, async ({ path: { id } }): Promise<Answer<RunFiles>> => {
  const run = await getRun(id);
  const [inputs, results, uploads] = await Promise.all([inputLinks(run), resultLinks(run), uploadLinks(run)]);
  const engine = localCommand(run);
  return { status: 200, body: { id, expiresIn, inputs, results, uploads, ...(engine && { engine }) } };
});

async function inputLinks(run: Run): Promise<Link[]> {
  const names = localNames(run);
  const data = run.matrix
    ? (await matrixKeys(run.matrix.digest)).map(({ name, key }) => runLink(`${names.matrix}/${name}`, key))
    : names.vcfs.map(async ({ name, key }) => ({ name, url: await downloadLink(run.study.bucket, key, expiresIn) }));
  return Promise.all([...data, runLink(names.labels, runKeys.labels(run.id))]);
}

async function resultLinks(run: Run): Promise<Link[]> {
  if (run.result === undefined) return [];
  return Promise.all([
    ...resultNames(run.result).map((name) => runLink(name, runKeys.result(run.id, name))),
    runLink("variantspark-importance.csv", runKeys.importance(run.id)),
  ]);
}

/** Only a run that waits for a local result takes one, and only once. */
async function uploadLinks(run: Run): Promise<Link[]> {
  if (run.state !== "AwaitLocal" || (await objectExists(runsBucket(), runKeys.importance(run.id)))) return [];
  return [
    { name: localNames(run).importance, url: await uploadLink(runsBucket(), runKeys.importance(run.id), expiresIn) },
  ];
}

async function runLink(name: string, key: string): Promise<Link> {
  return { name, url: await downloadLink(runsBucket(), key, expiresIn) };
}
