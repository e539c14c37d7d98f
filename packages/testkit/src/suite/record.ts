import type { Exec, ExecRequest } from "@towpath/core";
import { mark, namedFiles, namedPaths } from "./named-paths.ts";
import { isProbe, type RecordedCall } from "./recorded-call.ts";

/**
 * Lets processes run and writes down what they leave.
 * @param outDir the run's folder for outputs
 * @param calls where it is written, in the order in which the processes end
 */
export function record(real: Exec, outDir: string, calls: RecordedCall[]): Exec {
  return async (request) => {
    const paths = namedPaths(request, outDir);
    const before = await namedFiles(paths);
    const result = await real(request);
    const after = await namedFiles(paths);
    const written = [...after].filter(([name, content]) => before.get(name)?.equals(content) !== true);
    calls.push({
      key: callKey(request, paths),
      probe: isProbe(request),
      result: { ...result, stdout: mark(result.stdout, paths), stderr: mark(result.stderr, paths) },
      files: new Map(written.map(([name, content]) => [name, markBytes(content, paths)])),
    });
    return result;
  };
}

/** What makes calls of two runs the same: program, arguments and working directory, the named paths aside. */
export function callKey({ command, args, cwd = "" }: ExecRequest, paths: readonly string[]): string {
  return JSON.stringify([command, ...args, cwd].map((part) => mark(part, paths)));
}

/** Latin-1 gives each byte a character of its own, so that bytes which are no UTF-8 stay as they are. */
function markBytes(content: Buffer, paths: readonly string[]): Buffer {
  return Buffer.from(mark(content.toString("latin1"), paths), "latin1");
}
