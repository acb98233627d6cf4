/** The pipeline as its researcher reaches it: uploads to the inbox, signed calls to the API. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { AwsClient } from "aws4fetch";
import type { MatrixFilters } from "../core/matrix/filters.ts";
import type { LocalCommand } from "../core/run/localRun.ts";
import type { Machine } from "../core/run/run.ts";
import type { RunView } from "../core/run/runView.ts";
import type { Where } from "../core/sizing/estimate.ts";
import type { StackOutputs } from "./deploy.ts";
import type { Credentials } from "./ministack.ts";

/** A deployed pipeline, and who calls it: a LocalCloud is one. */
export interface DeployedPipeline {
  readonly apiUrl: string;
  /** Of S3; AWS's own unless given. */
  readonly awsEndpoint?: string | undefined;
  readonly region: string;
  readonly researcher: Credentials & { readonly sessionToken?: string };
  readonly outputs: Pick<StackOutputs, "InboxBucketName">;
}

export interface FileLinks {
  readonly inputs: readonly { readonly name: string; readonly url: string }[];
  readonly results: readonly { readonly name: string; readonly url: string }[];
  readonly uploads: readonly { readonly name: string; readonly url: string }[];
  readonly engine?: LocalCommand;
}

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

export interface RunSummary {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string;
}

export class PipelineClient {
  readonly #aws: AwsClient;
  readonly #s3: S3Client;
  readonly #apiUrl: string;
  readonly #inbox: string;

  constructor({ apiUrl, awsEndpoint, region, researcher, outputs }: DeployedPipeline) {
    this.#apiUrl = apiUrl;
    this.#inbox = outputs.InboxBucketName;
    this.#aws = new AwsClient({ ...researcher, region, service: "execute-api", retries: 2 });
    const endpoint = awsEndpoint !== undefined && { endpoint: awsEndpoint, forcePathStyle: true };
    this.#s3 = new S3Client({ region, credentials: researcher, ...endpoint });
  }

  /** Uploads every file of a folder, subfolders included, into `<study>/`; analysis.json goes last. */
  async uploadFolder(
    study: string,
    folder: string,
    onFile: (name: string, bytes: number) => void = () => {},
  ): Promise<void> {
    const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\/+/, ""))
      .sort((a, b) => Number(a === "analysis.json") - Number(b === "analysis.json") || a.localeCompare(b));
    for (const name of names) {
      const path = join(folder, name);
      onFile(name, (await stat(path)).size);
      await this.upload(`${study}/${name}`, createReadStream(path));
    }
  }

  async upload(key: string, body: string | Uint8Array | ReturnType<typeof createReadStream>): Promise<void> {
    await new Upload({ client: this.#s3, params: { Bucket: this.#inbox, Key: key, Body: body } }).done();
  }

  startRun(body: unknown): Promise<Reply<{ id: string; started: boolean }>> {
    return this.call("POST", "/runs", body);
  }

  listRuns(query = ""): Promise<Reply<{ runs: RunSummary[]; next?: string }>> {
    return this.call("GET", `/runs${query}`);
  }

  /** With the local options as they are on this machine. */
  getRun(id: string): Promise<Reply<RunView>> {
    const { cores, memoryGiB } = thisMachine();
    return this.call("GET", `/runs/${id}?cores=${cores}&memoryGiB=${memoryGiB}`);
  }

  choose(
    id: string,
    option: Where,
    prepare = false,
    filters?: MatrixFilters,
    labelColumn?: string,
  ): Promise<Reply<unknown>> {
    return this.call("POST", `/runs/${id}/choice`, {
      option,
      prepare,
      filters,
      labelColumn,
      ...(option === "local" && { machine: thisMachine() }),
    });
  }

  cancel(id: string): Promise<Reply<{ released: boolean }>> {
    return this.call("DELETE", `/runs/${id}`);
  }

  finish(id: string): Promise<Reply<{ trees: number }>> {
    return this.call("POST", `/runs/${id}/finish`);
  }

  files(id: string): Promise<Reply<FileLinks>> {
    return this.call("GET", `/runs/${id}/files`);
  }

  reportLocalResult(id: string, seconds: { total: number; load?: number; trees?: number }): Promise<Reply<unknown>> {
    return this.call("POST", `/runs/${id}/local-result`, { seconds });
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
    const response = await this.#aws.fetch(`${this.#apiUrl}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }
}

function thisMachine(): Machine {
  return { cores: availableParallelism(), memoryGiB: Math.floor((totalmem() / 2 ** 30) * 10) / 10 };
}
