import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { columnsFile } from "../../../core/matrix/columnsFile.ts";

/** The bytes of both ends, which do not depend on the names. */
const HEAD_BYTES = 71;
const TAIL_BYTES = 62;

describe("_columns", () => {
  test("has the bytes that java.io.ObjectOutputStream wrote on Spark 3.5's JVM for the same names", () => {
    const written = readFileSync(new URL("columnsFile.golden", import.meta.url));
    const names = ["HG00096", "HG00097", "Zoë", "漢字", "😀", "nul\u0000"];
    expect(Buffer.from(columnsFile(names)).equals(written)).toBe(true);
  });

  test.each([
    ["no names", [], ""],
    ["a short name", ["A"], "74000141"],
    ["an empty name", [""], "740000"],
    ["equal names, each by itself", ["A", "A"], "7400014174000141"],
    ["half a surrogate pair, as Java has it", ["\ud83d"], "740003eda0bd"],
  ])("between its ends holds %s", (_, names, expected) => {
    const bytes = Buffer.from(columnsFile(names));
    expect(bytes.subarray(HEAD_BYTES, -TAIL_BYTES).toString("hex")).toBe(expected);
  });

  test("writes a name of more than 65,535 bytes as a long string", () => {
    const start = (length: number) =>
      Buffer.from(columnsFile(["x".repeat(length)])).subarray(HEAD_BYTES, HEAD_BYTES + 10);
    expect(start(65_535).toString("hex")).toBe("74ffff78787878787878");
    expect(start(65_536).toString("hex")).toBe("7c000000000001000078");
  });
});
