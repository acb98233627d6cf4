import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { markedLine } from "../../../../local/emrContainers/kubernetes/podLogs.ts";

const markedStreams = join(import.meta.dirname, "../../../../infra/kubernetes/image/marked-streams");

function run(script: string, env: Record<string, string>) {
  return spawnSync(markedStreams, ["bash", "-c", script], { env: { PATH: process.env["PATH"] ?? "", ...env } });
}

describe("the image's marked-streams and what reads it", () => {
  test("lines come back with their streams, the last ones too, and with the exit code", () => {
    const { stdout, status } = run("for i in $(seq 200); do echo o$i; echo e$i >&2; done; exit 7", {
      MARK_STREAMS: "1",
    });
    const lines = stdout.toString().trimEnd().split("\n").map(markedLine);
    for (const stream of ["stdout", "stderr"] as const)
      expect(lines.filter((line) => line.stream === stream).map(({ line }) => line)).toEqual(
        Array.from({ length: 200 }, (_, index) => `${stream === "stdout" ? "o" : "e"}${index + 1}`),
      );
    expect(status).toBe(7);
  });

  test("a signal reaches the command, whose exit code counts", () => {
    const script = `trap 'echo asked; exit 9' TERM; (sleep 0.3; kill -TERM $PPID) & sleep 5 & wait`;
    const { stdout, status } = run(script, { MARK_STREAMS: "1" });
    expect(stdout.toString()).toBe("o asked\n");
    expect(status).toBe(9);
  });

  test("nothing is marked unless asked for", () => {
    expect(run("echo plain", {}).stdout.toString()).toBe("plain\n");
  });
});

test("a line without a mark is standard error", () => {
  expect(markedLine("only this")).toEqual({ stream: "stderr", line: "only this" });
});
