/** The virtual environment with the pinned Python packages. Only pip installs into it; nothing outside it is changed. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./runTool.ts";

export interface Venv {
  readonly folder: string;
  readonly bin: string;
  /** Its site-packages folder. */
  readonly packages: string;
}

const OLDEST_PYTHON = { major: 3, minor: 10 };
const PYTHON_REMEDY =
  "Install Python 3.10 or newer with its venv module (Debian and Ubuntu: the packages python3 and python3-venv), " +
  "or set PYTHON to the path of one.";

/**
 * Makes the environment unless one made from the same requirements is there. The stamp is written last, so an
 * interrupted installation is made again from nothing. Throws if no Python ≥ 3.10 is found or pip fails.
 */
export async function ensureVenv(
  folder: string,
  requirements: string,
  what: string,
  onProgress: (line: string) => void,
): Promise<Venv> {
  const stamp = join(folder, "requirements.sha256");
  const digest = createHash("sha256").update(requirements).digest("hex");
  const bin = join(folder, "bin");
  if (!(existsSync(join(bin, "python")) && (await readFile(stamp, "utf8").catch(() => "")) === digest)) {
    const python = await findPython();
    onProgress(`Making the Python environment with ${python} …`);
    await rm(folder, { recursive: true, force: true });
    await runTool(python, ["-m", "venv", folder], { remedy: PYTHON_REMEDY });
    const requirementsFile = join(folder, "requirements.txt");
    await writeFile(requirementsFile, requirements);
    onProgress(`Installing ${what}, once …`);
    await runTool(
      join(bin, "python"),
      // --no-deps: the requirements name every package, so a release made today cannot slip in
      ["-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check", "-r", requirementsFile],
      {
        remedy: "Check the network and pip's settings (pip config list), then start again.",
        onLine: pipProgress(onProgress),
      },
    );
    await writeFile(stamp, digest);
  }
  return { folder, bin, packages: await sitePackages(folder) };
}

/** The first of $PYTHON, python3 and python that is new enough. */
async function findPython(): Promise<string> {
  const tried: string[] = [];
  for (const candidate of [process.env["PYTHON"], "python3", "python"]) {
    if (!candidate) continue;
    const version = await runTool(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).catch(
      () => "",
    );
    const [major = 0, minor = 0] = version.trim().split(".").map(Number);
    if (major === OLDEST_PYTHON.major && minor >= OLDEST_PYTHON.minor) return candidate;
    tried.push(`${candidate} is ${version.trim() ? `Python ${version.trim()}` : "not there"}`);
  }
  throw new Error(`No Python 3.10 or newer: ${tried.join(", ")}. ${PYTHON_REMEDY}`);
}

function pipProgress(onProgress: (line: string) => void): (line: string) => void {
  return (line) => {
    if (/^(Collecting|Building|Installing|Successfully)/.test(line.trim()))
      onProgress(
        line
          .replace(/ \(from .*/, "")
          .trim()
          .slice(0, 100),
      );
  };
}

async function sitePackages(folder: string): Promise<string> {
  const python = (await readdir(join(folder, "lib"))).find((name) => name.startsWith("python3"));
  if (python === undefined) throw new Error(`${folder} is no virtual environment; delete it and start again.`);
  return join(folder, "lib", python, "site-packages");
}
