import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messagesOf, nextBatch } from "../../../local/emrContainers/driverLogs.ts";

const MOST_BYTES = 1_048_576;

describe("nextBatch", () => {
  test("takes at most 10,000 events", () => {
    const events = Array.from({ length: 10_001 }, (_, at) => ({ timestamp: at, message: "x" }));
    expect(nextBatch(events)).toHaveLength(10_000);
  });

  test("counts UTF-8 bytes and 26 more per event", () => {
    const message = "é".repeat((262_144 - 26) / 2);
    const events = Array.from({ length: 5 }, () => ({ timestamp: 0, message }));
    expect(nextBatch(events)).toHaveLength(4);
  });

  test("always takes something, so that shipping goes on", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (lines) => {
        const events = lines.map((message) => ({ timestamp: 0, message }));
        expect(nextBatch(events)).toEqual(events);
      }),
    );
  });
});

describe("messagesOf", () => {
  test("drops an empty line, which CloudWatch Logs refuses", () => {
    expect(messagesOf("")).toEqual([]);
  });

  test("splits a long line into events that fit and lose nothing", () => {
    const line = "日".repeat(200_000);
    const messages = messagesOf(line);
    expect(messages.join("")).toBe(line);
    for (const message of messages) expect(Buffer.byteLength(message) + 26).toBeLessThanOrEqual(262_144);
    expect(Buffer.byteLength(messages[0] ?? "") * 4).toBeLessThanOrEqual(MOST_BYTES);
  });
});
