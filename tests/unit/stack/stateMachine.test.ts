import validate from "asl-validator";
import { describe, expect, test } from "vitest";
import { definitionText, machine, ofType, reachable, stateNamed, states, successors, tasks } from "./machine.ts";
import { propertiesOf, serverless, sourceOf, sourcesIn, stringsIn } from "./stack.ts";

test("the definition is valid Amazon States Language", () => {
  const { isValid, errorsText } = validate(JSON.parse(definitionText));
  expect(isValid ? "" : errorsText()).toBe("");
});

test("every state can be reached, and leads to an end", () => {
  expect([...reachable(machine.StartAt)].sort()).toEqual(states.map(([name]) => name).sort());
  for (const [name] of states) {
    const ends = [...ofType(reachable(name), "Succeed"), ...ofType(reachable(name), "Fail")];
    expect(ends, `from ${name}`).not.toEqual([]);
  }
});

describe("functions", () => {
  const substitutions = propertiesOf("Pipeline")["DefinitionSubstitutions"] as Record<string, unknown>;
  const placeholders = [...definitionText.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);

  test("of the machine are all substituted, and every substitution is used", () => {
    expect(Object.keys(substitutions).sort()).toEqual([...new Set(placeholders)].sort());
  });

  test.each(tasks)("%s is done by the function of its name, from the file of its name", (name, { Parameters }) => {
    const functionName = name.charAt(0).toLowerCase() + name.slice(1);
    expect(Parameters?.FunctionName).toBe(`\${${name}Arn}`);
    expect(substitutions[`${name}Arn`]).toEqual({ "Fn::GetAtt": `${name}LambdaFunction.Arn` });
    expect(serverless.functions[functionName]?.handler).toBe(`functions/${functionName}.handler`);
    expect(sourceOf(`functions/${functionName}.ts`)).toContain("export const handler = ");
  });

  test("are all that the machine's role may invoke", () => {
    const role = propertiesOf("PipelineRole")["Policies"];
    const invoked = stringsIn(role).filter((text) => text.endsWith("LambdaFunction.Arn"));
    expect(invoked.sort()).toEqual(stringsIn(Object.values(substitutions)).sort());
  });

  test.each(tasks)("%s is told which run it works for", (_, { Parameters }) => {
    expect(Parameters?.Payload["runId.$"]).toBe("$$.Execution.Name");
  });

  test.each(tasks)("%s is given a task token exactly if it waits for one, and then not for ever", (_, state) => {
    const waits = state.Resource === "arn:aws:states:::lambda:invoke.waitForTaskToken";
    expect(state.Resource).toMatch(/^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/);
    expect(state.Parameters?.Payload["taskToken.$"]).toBe(waits ? "$$.Task.Token" : undefined);
    // A token's answer is the outcome itself, Lambda's is in the Payload of its reply.
    expect(state.OutputPath).toBe(waits ? undefined : "$.Payload");
    expect(state.TimeoutSeconds === undefined).toBe(!waits);
  });
});

describe("outcomes", () => {
  const afterTasks = tasks.flatMap(([name, { Resource = "", Next = "" }]) =>
    (stateNamed(Next).Choices ?? []).map((rule) => ({
      task: name,
      choice: Next,
      rule,
      waits: Resource.endsWith("Token"),
    })),
  );

  test.each(afterTasks)("$rule.StringEquals of $choice is one that $task gives", ({ task, rule, waits }) => {
    const functionName = task.charAt(0).toLowerCase() + task.slice(1);
    const answering = waits
      ? [...sourcesIn("functions/api/").values(), sourceOf("core/run/choose.ts")].join("\n")
      : sourceWithTrouble(`functions/${functionName}.ts`);
    expect(rule.Variable).toBe("$.kind");
    expect(answering).toContain(`"${rule.StringEquals}"`);
  });

  test("are read by a Choice after each task whose outcome can differ", () => {
    const unread = tasks.filter(([, { Next = "" }]) => stateNamed(Next).Type !== "Choice").map(([name]) => name);
    expect(unread.sort()).toEqual(["AwaitLocal", "RecordFailure"]);
  });
});

/** With what several steps have in common. */
function sourceWithTrouble(path: string): string {
  const source = sourceOf(path);
  return source.includes('from "./troubledStep.ts"') ? `${source}\n${sourceOf("functions/troubledStep.ts")}` : source;
}

describe("failures", () => {
  test.each(tasks.filter(([name]) => name !== "Release"))("of %s are caught, whatever they are", (name, { Catch }) => {
    const target = name === "RecordFailure" ? "Release" : "RecordFailure";
    expect(Catch).toEqual([{ ErrorEquals: ["States.ALL"], Next: target }]);
  });

  test("of Release are tried again, for minutes, and then fail the execution: there is nobody left to catch them", () => {
    const { Catch, Retry } = stateNamed("Release");
    expect(Catch).toBeUndefined();
    expect(Retry).toMatchObject([{ ErrorEquals: ["States.ALL"], MaxAttempts: 10 }]);
  });

  test.each(tasks)("of Lambda itself while it starts %s are tried again", (_, { Retry = [] }) => {
    const errors = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(errors.includes("States.ALL") || errors.includes("Lambda.TooManyRequestsException")).toBe(true);
  });

  test("once recorded pass through Release before the execution ends", () => {
    const unreleased = reachable("RecordFailure", ["Release"]);
    expect([...unreleased]).toEqual(["RecordFailure"]);
    expect(reachable("RecordFailure")).toContain("Failed");
  });

  test("after nodes were asked for pass through Release before any end", () => {
    const unreleased = reachable("Provision", ["Release"]);
    expect(ofType(unreleased, "Succeed")).toEqual([]);
    expect(ofType(unreleased, "Fail")).toEqual([]);
  });

  test("end as SUCCEEDED on no path: a run succeeds by Release's word alone, and is superseded by Settle's", () => {
    const into = states.flatMap(([name, state]) =>
      ofType(new Set(successors(state)), "Succeed").map((end) => ({ from: name, end })),
    );
    expect(into).toEqual([
      { from: "IsSettled", end: "Superseded" },
      { from: "IsReleased", end: "Succeeded" },
    ]);
    const { Choices = [], Default } = stateNamed("IsReleased");
    expect(Choices.filter(({ Next }) => Next === "Succeeded").map((rule) => rule.StringEquals)).toEqual(["succeeded"]);
    expect(Default).not.toBe("Succeeded");
    expect(states.filter(([, { End }]) => End)).toEqual([]);
  });

  test("show their code and message as the execution's error and cause", () => {
    expect(stateNamed("Failed")).toEqual({ Type: "Fail", ErrorPath: "$.error", CausePath: "$.cause" });
    expect(sourceOf("functions/release.ts")).toMatch(/kind: "ended", error: .*, cause: /);
  });
});

test.each(states.filter(([, { Type }]) => Type === "Wait"))(
  "the wait %s leads back to the task that looks",
  (_, state) => {
    const [next = ""] = successors(state);
    expect(stateNamed(next).Type).toBe("Task");
  },
);
