import { devNull, tmpdir } from "node:os";
import { isBreakage } from "@towpath/core";
import { createExec, startService } from "@towpath/kit";

/**
 * Opens an address in the user's browser, without a shell.
 * @returns what is in the way, in words, or `undefined`
 */
export async function openAddress(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const known = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const cwd = tmpdir();
  if (process.platform === "linux") {
    try {
      // On its own: a browser that it starts must outlive this process.
      await startService({ program: "xdg-open", args: [url], cwd, env: known, log: devNull });
      return undefined;
    } catch (error) {
      if (isBreakage(error)) return error.message;
      throw error;
    }
  }
  const exec = createExec({ root: cwd, runId: "dashboard", env: known });
  const [command, args] =
    process.platform === "win32" ? ["rundll32.exe", ["url.dll,FileProtocolHandler", url]] : ["open", [url]];
  const { status, code } = await exec({ command, args, env: known });
  return status === "exited" && code === 0 ? undefined : `${command} did not open a browser (${status})`;
}
