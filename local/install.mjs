/**
 * Runs before every npm script, on whatever Node starts npm (≥ 20): installs the locked packages when they are not there
 * or the lock file is newer. Among them is Node 24 itself, which then comes first on the PATH of the script.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");
if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old: install Node 20 or newer and run this again.`);
  process.exit(1);
}
if (isInstalled()) process.exit(0);
console.log("Installing packages");
// Not `npm ci`: it refuses a lock file that was made where a registry does not hold every platform's optional binaries.
const install = ["install", "--no-save", "--loglevel=error"];
const npm = process.env.npm_execpath;
const { status } = npm
  ? spawnSync(process.execPath, [npm, ...install], { cwd: project, stdio: "inherit" })
  : spawnSync("npm", install, { cwd: project, stdio: "inherit", shell: true });
process.exit(status ?? 1);

function isInstalled() {
  const lock = statSync(join(project, "package-lock.json"));
  const installed = statSync(join(project, "node_modules/.package-lock.json"), { throwIfNoEntry: false });
  const node = statSync(join(project, "node_modules/.bin/node"), { throwIfNoEntry: false });
  return installed !== undefined && node !== undefined && installed.mtimeMs >= lock.mtimeMs;
}
