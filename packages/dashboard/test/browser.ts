import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** The browser that tests use: Chromium as Debian installs it. */
const found = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Whether there is one. */
export const hasBrowser: boolean = found !== undefined;

/** Ends the title of tests that need it; `scripts/summary.mjs` counts those that were skipped with these words as failed. */
export const unlessSkipped: string = hasBrowser ? "" : " (skipped: needs chromium)";

/** Starts it without a window. */
export async function startBrowser(): Promise<Browser> {
  if (found === undefined) throw new Error("chromium is not installed");
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath: found, args: root ? ["--no-sandbox"] : [] });
}
