/** Buckets of a stage outlive its stack: what lies in them is the researchers'. */
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { parse } from "yaml";
import type { Account } from "./account.ts";

/** Resources of infra/storage.yml that outlive the stack, and what stands for each in its bucket's name. */
export function stageBuckets(storageYml: string): [resource: string, use: string][] {
  // CloudFormation's own tags stand elsewhere than in what is read here.
  const { Resources } = parse(storageYml, { logLevel: "silent", merge: true }) as {
    Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties: { BucketName?: string } }>;
  };
  return Object.entries(Resources).flatMap(([resource, { Type, DeletionPolicy, Properties }]) => {
    if (Type !== "AWS::S3::Bucket" || DeletionPolicy !== "Retain") return [];
    const [, use] =
      /^\$\{self:service\}-\$\{sls:stage\}-([a-z-]+)-\$\{aws:accountId\}$/.exec(Properties.BucketName ?? "") ?? [];
    if (use === undefined) throw new Error(`The bucket ${resource} of infra/storage.yml is not named as the others`);
    return [[resource, use]];
  });
}

export class Buckets {
  readonly #client: S3Client;
  readonly #stageBuckets: ReturnType<typeof stageBuckets>;

  /** @param storageYml infra/storage.yml */
  constructor(account: Account, storageYml: string) {
    this.#stageBuckets = stageBuckets(storageYml);
    this.#client = new S3Client({ ...account, forcePathStyle: account.endpoint !== undefined });
  }

  /** Those of a stage that exist, by the resource that they are in its stack. */
  async ofStage(stage: string): Promise<Record<string, string>> {
    const { Buckets: all = [] } = await this.#client.send(new ListBucketsCommand({}));
    const found: Record<string, string> = {};
    for (const [resource, use] of this.#stageBuckets) {
      const pattern = new RegExp(`^variantspark-pipeline-${stage}-${use}-\\d{12}$`);
      const name = all.find(({ Name = "" }) => pattern.test(Name))?.Name;
      if (name !== undefined) found[resource] = name;
    }
    return found;
  }

  /** All objects, with all their versions. @returns how many */
  async empty(bucket: string): Promise<number> {
    for (let deleted = 0; ; ) {
      const listed = await this.#client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
      const versions = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])];
      if (versions.length === 0) return deleted;
      const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
      const { Errors: [error] = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      if (error) throw new Error(`${bucket} cannot be emptied: ${error.Key}: ${error.Message}`);
      deleted += versions.length;
    }
  }

  /** With all that is in it. @returns how many objects that was */
  async delete(bucket: string): Promise<number> {
    const deleted = await this.empty(bucket);
    await this.#client.send(new DeleteBucketCommand({ Bucket: bucket }));
    return deleted;
  }
}
