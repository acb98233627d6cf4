/** The key of a stage (infra/encryption.yml) outlives its stack, as do the buckets that it has encrypted. Its alias finds it. */
import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  type KeyMetadata,
  KMSClient,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import type { Account } from "./account.ts";

/** Days in which AWS can still restore a key; the least that KMS takes. */
const daysToRestore = 7;

export class DataKey {
  readonly alias: string;
  readonly #client: KMSClient;

  constructor(account: Account, stage: string) {
    this.alias = `alias/variantspark-pipeline-${stage}`;
    this.#client = new KMSClient(account);
  }

  /**
   * @returns the key's id, or undefined where the stage has none
   * @throws Error when it cannot be used
   */
  async id(): Promise<string | undefined> {
    const key = await this.#find();
    if (key === undefined || key.KeyState === "Enabled") return key?.KeyId;
    throw new Error(
      `The key ${this.alias} of what is in the stage's buckets is ${key.KeyState}. ` +
        `Enable it (aws kms cancel-key-deletion, aws kms enable-key), or give up what it has encrypted by deleting the alias, then repeat the command.`,
    );
  }

  /** @returns when it is gone for ever, or undefined where the stage has none */
  async delete(): Promise<Date | undefined> {
    const key = await this.#find();
    if (key === undefined) return undefined;
    const { DeletionDate } =
      key.KeyState === "PendingDeletion"
        ? key
        : await this.#client.send(
            new ScheduleKeyDeletionCommand({ KeyId: key.KeyId, PendingWindowInDays: daysToRestore }),
          );
    await this.#client.send(new DeleteAliasCommand({ AliasName: this.alias }));
    return DeletionDate;
  }

  async #find(): Promise<KeyMetadata | undefined> {
    try {
      return (await this.#client.send(new DescribeKeyCommand({ KeyId: this.alias }))).KeyMetadata;
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  }
}
