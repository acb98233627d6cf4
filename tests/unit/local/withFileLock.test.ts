import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withFileLock } from "../../../local/engine/withFileLock.ts";

describe("withFileLock", () => {
  let folder: string;
  const silent = () => undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("lets one in at a time and tells the others whom they wait for", async () => {
    const said: string[] = [];
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(30);
      inside -= 1;
    };
    const file = join(folder, "a.lock");
    await Promise.all([1, 2, 3].map(() => withFileLock(file, (line) => said.push(line), work)));
    expect(said).toEqual([expect.stringContaining(`process ${process.pid}`), expect.stringContaining("Waiting")]);
    expect(await readdir(folder)).toEqual([]);
  });

  test("takes over from a process that died holding it", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const file = join(folder, "a.lock");
    await writeFile(file, String(gone));
    let ran = 0;
    const work = async () => {
      ran += 1;
    };
    await Promise.all([withFileLock(file, silent, work), withFileLock(file, silent, work)]);
    expect(ran).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test("lets the next one in after a failure", async () => {
    const file = join(folder, "a.lock");
    const failing = withFileLock(file, silent, () => Promise.reject(new Error("no space")));
    await expect(failing).rejects.toThrow("no space");
    expect(await withFileLock(file, silent, async () => "done")).toBe("done");
  });
});
