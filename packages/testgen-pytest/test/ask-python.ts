import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pythonEnv } from "@towpath/testkit";

/** Lets the tests' Python run a program on data, which it reads as JSON from its standard input, and reads its JSON answer. */
export async function askPython(
  program: string,
  data: unknown,
  flags: readonly string[] = [],
): Promise<unknown> {
  const { python } = await pythonEnv("python-scenarios");
  const running = promisify(execFile)(python, [...flags, "-c", program], { maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(JSON.stringify(data));
  return JSON.parse((await running).stdout);
}
