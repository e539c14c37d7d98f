import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built program, as users run it. */
export const bin: string = fileURLToPath(new URL("../dist/bin.mjs", import.meta.url));

if (!existsSync(bin)) throw new Error("the program is not built: pnpm build");

/** How a call of the program ended. */
export interface Called {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a call is given besides its arguments. */
export interface CallOptions {
  readonly cwd: string;
  /** Added to a small environment of its own, so that the machine's does not decide tests. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Closes our end of the program's output as soon as something was printed, as `head -1` does. */
  readonly closeEarly?: boolean;
  /** Called with everything printed so far, whenever something is printed. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Calls the built program and waits for its end. */
export function towpath(
  args: readonly string[],
  { cwd, env = {}, closeEarly = false, onOutput }: CallOptions,
): Promise<Called> {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: { PATH, HOME, TMPDIR, LANG: LANG ?? "C.UTF-8", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    const tell = (): void => onOutput?.(stdout + stderr, (signal) => void child.kill(signal));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      if (closeEarly) child.stdout.destroy();
      tell();
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      tell();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
