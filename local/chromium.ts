/** The Chromium of this machine, for tests that look at pages as a person does. */
import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Undefined where there is none. */
export function findChromium(): string | undefined {
  return [process.env["CHROMIUM"], ...PLACES].find((place) => place !== undefined && existsSync(place));
}

/** @throws Error naming what to install */
export function chromiumPath(): string {
  const path = findChromium();
  if (path !== undefined) return path;
  throw new Error(
    "No Chromium on this machine. Install it (Debian: apt-get install chromium; macOS: Google Chrome), " +
      "or set CHROMIUM to the path of one.",
  );
}
