/** The operations of docs/openapi.json. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface OpenApiOperation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  /** Of the paths that it answers. */
  readonly pattern: RegExp;
}

export const openApiFile = join(import.meta.dirname, "../../docs/openapi.json");

export async function openApiOperations(): Promise<OpenApiOperation[]> {
  const { paths }: { paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>> } =
    JSON.parse(await readFile(openApiFile, "utf8"));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    })),
  );
}
