/** One process at a time, also across a crash: the lock names its owner, and an owner that is gone holds nothing. */
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_WAIT_MS = 20 * 60_000;
const POLL_MS = 200;

/** Runs `work` while holding the lock file; waits for a live owner, at most 20 minutes. */
export async function withFileLock<T>(
  file: string,
  onProgress: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(file, onProgress);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, onProgress: (line: string) => void): Promise<void> {
  const mine = `${file}.${process.pid}.${crypto.randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    let announced = false;
    // link fails if the lock is there, and makes it together with its content if not
    while (!(await tryLink(mine, file))) {
      const owner = Number(await readFile(file, "utf8").catch(() => "0"));
      if (owner > 0 && !isAlive(owner)) await takeAway(file, owner);
      else if (Date.now() > deadline)
        throw new Error(`Process ${owner} still holds ${file}; end it or delete the file.`);
      else {
        if (!announced) onProgress(`Waiting for another start (process ${owner}) to finish …`);
        announced = true;
        await sleep(POLL_MS);
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Of several that find the same dead owner one moves the lock away; a lock that changed hands meanwhile is put back. */
async function takeAway(file: string, deadOwner: number): Promise<void> {
  const aside = `${file}.stale.${crypto.randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (Number(await readFile(aside, "utf8")) !== deadOwner) await tryLink(aside, file);
  await rm(aside, { force: true });
}
