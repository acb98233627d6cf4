import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { slowDown } from "../../../local/emrContainers/slowDown.ts";

/** T of a stopped process; macOS has no /proc. */
function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] ?? "";
}

test.skipIf(process.platform !== "linux")(
  "a group runs for its share of the time, and ends when it is killed",
  async () => {
    const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    slowDown(child, 0.2);
    const states: string[] = [];
    for (let look = 0; look < 60; look += 1) {
      states.push(stateOf(pid));
      await sleep(25);
    }
    const stopped = states.filter((state) => state === "T").length / states.length;
    expect(stopped).toBeGreaterThan(0.6);
    expect(stopped).toBeLessThan(0.95);
    process.kill(-pid, "SIGKILL");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");
  },
);
