/**
 * What the deployed stack tells its functions, read where it is used: a function gets only the variables that it needs,
 * and a missing one is named instead of becoming "undefined" in an ARN.
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`The environment variable ${name} is not set: deploy the stack again.`);
  return value;
}
