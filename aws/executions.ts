/** Executions of the pipeline's state machine: an execution's name is its run's id. */
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { PipelineError } from "../core/errors/pipelineError.ts";
import type { StudyLocation } from "../core/study/study.ts";
import { environment } from "./environment.ts";

const sfn = new SFNClient({});

/** Input of an execution; a "New execution" in the console with the same input is a new run of the same data. */
export interface ExecutionInput {
  readonly study: StudyLocation;
  readonly digest: string;
  /** Parameters given through the API; they take the place of analysis.json. */
  readonly analysis?: Readonly<Record<string, unknown>>;
}

export interface Execution {
  readonly id: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Starts the run unless one of that name is there (running, or ended within Step Functions' 90 days). */
export async function startExecution(id: string, input: ExecutionInput): Promise<"started" | "already-there"> {
  if (await describeExecution(id)) return "already-there";
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: environment("STATE_MACHINE_ARN"),
        name: id,
        input: JSON.stringify(input),
      }),
    );
    return "started";
  } catch (error) {
    if (error instanceof Error && error.name === "ExecutionAlreadyExists") return "already-there";
    throw error;
  }
}

export async function describeExecution(id: string): Promise<Execution | undefined> {
  try {
    const answer = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(id) }));
    return {
      id,
      status: answer.status ?? "RUNNING",
      startedAt: (answer.startDate ?? new Date(0)).toISOString(),
      ...(answer.stopDate && { stoppedAt: answer.stopDate.toISOString() }),
      ...(answer.error && { error: answer.error }),
      ...(answer.cause && { cause: answer.cause }),
    };
  } catch (error) {
    if (error instanceof Error && error.name === "ExecutionDoesNotExist") return undefined;
    throw error;
  }
}

/** Newest first, a page at a time. */
export async function listExecutions(
  maxResults: number,
  nextToken?: string,
): Promise<{ executions: Execution[]; nextToken?: string }> {
  const command = new ListExecutionsCommand({
    stateMachineArn: environment("STATE_MACHINE_ARN"),
    maxResults,
    nextToken,
  });
  const page = await sfn.send(command).catch((error) => {
    const isToken = error instanceof Error && error.name === "InvalidToken";
    throw isToken ? new PipelineError("invalid-request", "next: is not the next of a page") : error;
  });
  return { executions: (page.executions ?? []).map(listed), ...(page.nextToken && { nextToken: page.nextToken }) };
}

function listed({ name = "", status = "RUNNING", startDate = new Date(0), stopDate }: ExecutionListItem): Execution {
  return {
    id: name,
    status,
    startedAt: startDate.toISOString(),
    ...(stopDate && { stoppedAt: stopDate.toISOString() }),
  };
}

/** Of the 100 that were started last and ended so, those that ended at or after `since`. */
export async function interruptedSince(since: Date): Promise<Execution[]> {
  const pages = await Promise.all(
    (["FAILED", "TIMED_OUT", "ABORTED"] as const).map((statusFilter) =>
      sfn.send(
        new ListExecutionsCommand({
          stateMachineArn: environment("STATE_MACHINE_ARN"),
          statusFilter,
          maxResults: 100,
        }),
      ),
    ),
  );
  return pages
    .flatMap(({ executions = [] }) => executions)
    .filter(({ stopDate = since }) => stopDate >= since)
    .map(listed);
}

/** Ends the execution where it stands; no Catch runs, so the caller releases what the run holds. */
export async function stopExecution(id: string, cause: string): Promise<void> {
  await sfn.send(new StopExecutionCommand({ executionArn: executionArn(id), error: "Cancelled", cause }));
}

/** Answers a state that waits for a task token; false when it waits no more. */
export async function answerTask(token: string, output: unknown): Promise<boolean> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }));
    return true;
  } catch (error) {
    if (error instanceof Error && ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"].includes(error.name))
      return false;
    throw error;
  }
}

function executionArn(id: string): string {
  return `${environment("STATE_MACHINE_ARN").replace(":stateMachine:", ":execution:")}:${id}`;
}
