/**
 * IAM's answer for the roles of the functions: statements that allow actions on resources, under conditions (IAM user guide,
 * "Policy evaluation logic"). Elements that these roles do not use (Deny, NotAction, other operators) are refused rather than passed over.
 */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One thing that a request must be allowed. */
export interface Need {
  readonly action: string;
  /** "*" where the action knows no resource. */
  readonly resource: string;
  /** Condition keys that AWS fills in for it. */
  readonly context: Readonly<Record<string, string>>;
}

/** A part of a role that could be taken away alone: one action on one resource of one statement. */
export interface Grant {
  readonly statement: number;
  readonly action: string;
  readonly resource: string;
}

export function isAllowed(statements: readonly Statement[], need: Need): boolean {
  return statements.some((statement) => allows(statement, need));
}

export function grantsOf(statements: readonly Statement[]): Grant[] {
  return statements.flatMap(({ Action, Resource }, statement) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ statement, action, resource }))),
  );
}

/** The statements with nothing taken away but that. */
export function withoutGrant(
  statements: readonly Statement[],
  { statement: index, action, resource }: Grant,
): Statement[] {
  return statements.flatMap((statement, at) => {
    if (at !== index) return [statement];
    const otherActions = [statement.Action].flat().filter((one) => one !== action);
    const otherResources = [statement.Resource].flat().filter((one) => one !== resource);
    return [
      ...(otherActions.length > 0 ? [{ ...statement, Action: otherActions }] : []),
      ...(otherResources.length > 0 ? [{ ...statement, Action: action, Resource: otherResources }] : []),
    ];
  });
}

function allows({ Effect, Action, Resource, Condition = {}, ...rest }: Statement, need: Need): boolean {
  const { Sid: _sid, Principal: _principal, ...unknown } = rest as Record<string, unknown>;
  if (Effect !== "Allow" || Object.keys(unknown).length > 0)
    throw new Error(`this evaluation knows no ${Effect} with ${Object.keys(unknown)}`);
  return (
    [Action].flat().some((action) => like(action.toLowerCase(), need.action.toLowerCase())) &&
    [Resource].flat().some((resource) => like(resource, need.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), need.context[key])),
    )
  );
}

/** A key that is not in the request's context fulfils no condition. */
function holds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  if (value === undefined) return false;
  if (operator === "StringEquals") return wanted.includes(value);
  if (operator === "ArnLike" || operator === "StringLike") return wanted.some((pattern) => like(pattern, value));
  throw new Error(`this evaluation knows no ${operator}`);
}

function like(pattern: string, value: string): boolean {
  const literal = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(value);
}
