/**
 * One CloudFormation stack, by change sets: what there is decides what is done, so that each call may be repeated from any
 * state. Events are told as they come.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Capability,
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
  type ResourceToImport,
  type Stack,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import type { Account } from "./account.ts";
import { describeStackFailure } from "./stackFailure.ts";

export interface StackOptions {
  readonly name: string;
  readonly templateBody: string;
  /** Those that are not named keep the value that the stack has, or take the template's default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Names of all parameters of the template. */
  readonly parameterNames?: readonly string[];
  /** Resources of the template that are there already and become the stack's; nothing else may change then. */
  readonly adopt?: ResourceToImport[];
}

export type Told = (line: string) => void;
export type StackOutcome = "created" | "updated" | "unchanged";

const tags = [{ Key: "project", Value: "variantspark-pipeline" }];
const noChanges = /didn't contain changes|No updates are to be performed/;

export class Stacks {
  readonly #client: CloudFormationClient;
  readonly #pollMs: number;

  constructor(account: Account) {
    this.#client = new CloudFormationClient(account);
    this.#pollMs = account.endpoint === undefined ? 5_000 : 200;
  }

  /** Undefined where there is none. */
  async find(name: string): Promise<Stack | undefined> {
    try {
      const { Stacks: [stack] = [] } = await this.#client.send(new DescribeStacksCommand({ StackName: name }));
      return stack;
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** All of the account in the region. */
  async all(): Promise<Stack[]> {
    const all: Stack[] = [];
    for await (const { Stacks = [] } of paginateDescribeStacks({ client: this.#client }, {})) all.push(...Stacks);
    return all;
  }

  /** @throws Error that names the resources that failed, the reasons and what to do */
  async deploy(options: StackOptions, tell: Told): Promise<StackOutcome> {
    const found = await this.ready(options.name, tell);
    const changeSetName = `deploy-${Date.now()}`;
    await this.#client.send(new CreateChangeSetCommand(changeSet(options, changeSetName, found)));
    const stackAndSet = { StackName: options.name, ChangeSetName: changeSetName };
    const reason = await this.#prepared(stackAndSet);
    if (reason !== undefined) {
      const invalid = noChanges.test(reason) ? [] : await this.#invalid(stackAndSet);
      await this.#client.send(new DeleteChangeSetCommand(stackAndSet));
      if (noChanges.test(reason)) return "unchanged";
      throw new Error(describeStackFailure(options.name, `refused: ${reason}`, invalid));
    }
    const since = await this.lastEvent(options.name);
    await this.#client.send(new ExecuteChangeSetCommand(stackAndSet));
    const { status, events } = await this.#follow(options.name, since, tell);
    if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status ?? "")) throw await this.#failed(options.name, status, events);
    return found === undefined ? "created" : "updated";
  }

  /** As it was sent. */
  async template(name: string): Promise<string> {
    const { TemplateBody } = await this.#client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: "Original" }),
    );
    if (TemplateBody === undefined) throw new Error(`The stack ${name} has no template`);
    return TemplateBody;
  }

  /** What made an operation of another tool fail. @param since the stack's last event before it */
  async failure(name: string, since: string | undefined): Promise<string | undefined> {
    const events = await this.#eventsAfter(name, since);
    if (!events.some(({ ResourceStatus }) => ResourceStatus?.endsWith("_FAILED"))) return undefined;
    return (await this.#failed(name, (await this.find(name))?.StackStatus, events)).message;
  }

  /** Waits until it is gone. Nothing happens where there is none. */
  async remove(name: string, tell: Told): Promise<void> {
    const found = await this.find(name);
    if (found?.StackId === undefined) return;
    const since = await this.lastEvent(found.StackId);
    await this.#client.send(new DeleteStackCommand({ StackName: name }));
    // By its id, under which it can still be described when it is gone.
    const { status, events } = await this.#follow(found.StackId, since, tell);
    if (status !== undefined && status !== "DELETE_COMPLETE") throw await this.#failed(name, status, events);
  }

  /** The stack in a state that takes a change; undefined where there is none, or none any more. */
  async ready(name: string, tell: Told): Promise<Stack | undefined> {
    const found = await this.find(name);
    const status = found?.StackStatus ?? "";
    if (/^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/.test(status)) {
      tell(`${name} is ${status}, of an attempt that failed: removing what it left`);
      await this.remove(name, tell);
      return undefined;
    }
    if (status.endsWith("_IN_PROGRESS")) {
      tell(`${name} is ${status}: waiting`);
      await sleep(this.#pollMs);
      return this.ready(name, tell);
    }
    if (status === "UPDATE_ROLLBACK_FAILED") {
      tell(`${name} is ${status}: going on with its rollback`);
      await this.#client.send(new ContinueUpdateRollbackCommand({ StackName: name }));
      const { status: after, events } = await this.#follow(name, await this.lastEvent(name), tell);
      if (after !== "UPDATE_ROLLBACK_COMPLETE") throw await this.#failed(name, after, events);
    }
    return found;
  }

  /** @returns why the change set cannot be executed, if so */
  async #prepared(stackAndSet: { StackName: string; ChangeSetName: string }): Promise<string | undefined> {
    for (;;) {
      const { Status, StatusReason } = await this.#client.send(new DescribeChangeSetCommand(stackAndSet));
      if (Status === "CREATE_COMPLETE") return undefined;
      if (Status === "FAILED") return StatusReason ?? "no reason was given";
      await sleep(this.#pollMs);
    }
  }

  /** Tells each event after `since` until one says that the stack's operation has ended; no status: there is no stack. */
  async #follow(
    stack: string,
    since: string | undefined,
    tell: Told,
  ): Promise<{ status: string | undefined; events: StackEvent[] }> {
    const events: StackEvent[] = [];
    for (;;) {
      await sleep(this.#pollMs);
      for (const event of await this.#eventsAfter(stack, events.at(-1)?.EventId ?? since)) {
        events.push(event);
        tell(`${event.LogicalResourceId}  ${event.ResourceType}  ${event.ResourceStatus}`);
      }
      const status = events.findLast(
        ({ PhysicalResourceId, StackId }) => PhysicalResourceId === StackId,
      )?.ResourceStatus;
      if (status !== undefined && !status.endsWith("_IN_PROGRESS")) return { status, events };
      const now = (await this.find(stack))?.StackStatus;
      if (now === undefined || now === "DELETE_COMPLETE") return { status: now, events };
    }
  }

  async #failed(stack: string, status: string | undefined, events: readonly StackEvent[]): Promise<Error> {
    const wasInvalid = events.some(({ ResourceStatusReason }) => ResourceStatusReason?.includes("DescribeEvents"));
    const all = wasInvalid ? [...events, ...(await this.#invalid({ StackName: stack }))] : events;
    return new Error(describeStackFailure(stack, `ended as ${status ?? "deleted"}`, all));
  }

  /** What CloudFormation found wrong before it began, as events of the resources. */
  async #invalid(of: { StackName: string; ChangeSetName?: string }): Promise<StackEvent[]> {
    const { OperationEvents = [] } = await this.#client.send(
      new DescribeEventsCommand({ ...of, Filters: { FailedEvents: true } }),
    );
    return OperationEvents.filter(({ EventType }) => EventType === "VALIDATION_ERROR").map(
      ({ StackId, EventId, LogicalResourceId, ResourceType, ValidationStatusReason }) => ({
        StackId,
        EventId,
        StackName: of.StackName,
        Timestamp: undefined,
        LogicalResourceId,
        ResourceType,
        ResourceStatus: "CREATE_FAILED" as const,
        ResourceStatusReason: ValidationStatusReason,
      }),
    );
  }

  /** Id of the newest event; undefined where there is no stack. */
  async lastEvent(stack: string): Promise<string | undefined> {
    for await (const { EventId } of this.#events(stack)) return EventId;
    return undefined;
  }

  /** Oldest first. */
  async #eventsAfter(stack: string, eventId: string | undefined): Promise<StackEvent[]> {
    const newer: StackEvent[] = [];
    for await (const event of this.#events(stack)) {
      if (event.EventId === eventId) break;
      newer.push(event);
    }
    return newer.reverse();
  }

  /** Newest first, as CloudFormation lists them, a page at a time; none where there is no stack. */
  async *#events(stack: string): AsyncGenerator<StackEvent> {
    try {
      for await (const { StackEvents = [] } of paginateDescribeStackEvents(
        { client: this.#client },
        { StackName: stack },
      ))
        yield* StackEvents;
    } catch (error) {
      if (!(error instanceof Error && /does not exist/.test(error.message))) throw error;
    }
  }
}

function changeSet(
  { name, templateBody, parameters = {}, parameterNames = [], adopt }: StackOptions,
  ChangeSetName: string,
  existing: Stack | undefined,
): CreateChangeSetCommandInput {
  const kept = new Set(existing?.Parameters?.map(({ ParameterKey }) => ParameterKey));
  return {
    StackName: name,
    ChangeSetName,
    // An import may not tag what it imports.
    ...(adopt
      ? { ChangeSetType: "IMPORT", ResourcesToImport: adopt }
      : { ChangeSetType: existing === undefined ? "CREATE" : "UPDATE", Tags: tags }),
    TemplateBody: templateBody,
    Parameters: parameterNames
      .filter((key) => key in parameters || kept.has(key))
      .map((ParameterKey) => {
        const ParameterValue = parameters[ParameterKey];
        return ParameterValue === undefined
          ? { ParameterKey, UsePreviousValue: true }
          : { ParameterKey, ParameterValue };
      }),
    Capabilities: ["CAPABILITY_NAMED_IAM" satisfies Capability],
  };
}
