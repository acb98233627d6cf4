/** The state machine as a graph. */
import { sourceOf } from "./stack.ts";

export interface Rule {
  readonly Variable: string;
  readonly StringEquals: string;
  readonly Next: string;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName: string; readonly Payload: Readonly<Record<string, string>> };
  readonly OutputPath?: string;
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly Rule[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
}

export const definitionText = sourceOf("statemachines/pipeline.asl.json");

export const machine: { readonly StartAt: string; readonly States: Readonly<Record<string, State>> } =
  JSON.parse(definitionText);

export const states = Object.entries(machine.States);
export const tasks = states.filter(([, { Type }]) => Type === "Task");

export function stateNamed(name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`the machine has no state ${name}`);
  return state;
}

/** Every state that may come after this one, whatever happens. */
export function successors({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  const targets = [Next, Default, ...Choices.map((rule) => rule.Next), ...Catch.map((rule) => rule.Next)];
  return targets.filter((name) => name !== undefined);
}

/** All states on some path from this one, itself included, on paths that do not pass through `without`. */
export function reachable(from: string, without: readonly string[] = []): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name) || without.includes(name)) continue;
    seen.add(name);
    open.push(...successors(stateNamed(name)));
  }
  return seen;
}

/** States of this type among those names. */
export function ofType(names: Iterable<string>, type: string): string[] {
  return [...names].filter((name) => stateNamed(name).Type === type);
}
