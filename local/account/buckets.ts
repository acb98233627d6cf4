/** The three buckets of a stage outlive its stack: what lies in them is the researchers'. */
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";

/** Resources of infra/storage.yml, and what stands for them in the buckets' names. */
export const stageBuckets = { InboxBucket: "inbox", RunsBucket: "runs", AssetsBucket: "assets" } as const;

export class Buckets {
  readonly #client: S3Client;

  constructor(account: Account) {
    this.#client = new S3Client({ ...account, forcePathStyle: account.endpoint !== undefined });
  }

  /** Those of a stage that exist, by the resource that they are in its stack. */
  async ofStage(stage: string): Promise<Record<string, string>> {
    const { Buckets: all = [] } = await this.#client.send(new ListBucketsCommand({}));
    const found: Record<string, string> = {};
    for (const [resource, use] of Object.entries(stageBuckets)) {
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
