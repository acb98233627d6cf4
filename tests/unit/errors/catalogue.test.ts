import { STATUS_CODES } from "node:http";
import { describe, expect, test } from "vitest";
import { type ErrorCode, errorCatalogue } from "../../../core/errors/catalogue.ts";
import { PipelineError } from "../../../core/errors/pipelineError.ts";

const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe.each(codes)("the error %s", (code) => {
  const { title, status, remedy, retryable } = errorCatalogue[code];

  test("has a code of lower-case words, a title without a full stop and a remedy in sentences", () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  test("has an HTTP status for errors that exists", () => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(STATUS_CODES[status]).toBeDefined();
  });

  test("asks for a repetition only where the same request may succeed: not after the client's own mistake", () => {
    const passing = status >= 500 || status === 409;
    expect(retryable && !passing).toBe(false);
  });

  test("is what a PipelineError of that code stands for", () => {
    const error = new PipelineError(code, "what happened");
    expect(error.entry).toBe(errorCatalogue[code]);
  });
});

test("no two errors have the same title", () => {
  expect(new Set(codes.map((code) => errorCatalogue[code].title)).size).toBe(codes.length);
});

test("a PipelineError carries its code and detail as data, and what caused it", () => {
  const cause = new Error("socket hang up");
  const error = new PipelineError("run-not-found", "There is no run x.", { cause });
  expect(error).toBeInstanceOf(Error);
  expect({ ...error }).toEqual({ name: "PipelineError", code: "run-not-found" });
  expect({ message: error.message, cause: error.cause }).toEqual({ message: "There is no run x.", cause });
});
