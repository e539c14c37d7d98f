import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bin, type Called } from "./towpath.ts";

/** Whether there is the program that turns the clock. */
export const hasFaketime: boolean = has("faketime");

function has(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}

/** Calls the program on a clock that begins at a time and goes on from there. */
export function at(time: string, args: readonly string[], cwd: string, until?: RegExp): Promise<Called> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TZ: "UTC", LANG: "C.UTF-8", FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  return new Promise((resolve, reject) => {
    const child = spawn("faketime", ["-f", `@${time}`, process.execPath, bin, ...args], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (until?.test(stderr) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
