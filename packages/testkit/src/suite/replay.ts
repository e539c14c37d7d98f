import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Exec, ExecResult } from "@towpath/core";
import { namedPaths, placeOf, unmark } from "./named-paths.ts";
import { callKey } from "./record.ts";
import type { RecordedCall } from "./recorded-call.ts";

/**
 * Answers with recorded calls and starts nothing. Equal calls are answered in the order of the recording, the last
 * one for good. What was not recorded cannot be started.
 * @param outDir the run's folder for outputs
 */
export function replay(calls: readonly RecordedCall[], outDir: string): Exec {
  const told = new Map<string, number>();
  return async (request) => {
    const paths = namedPaths(request, outDir);
    const key = callKey(request, paths);
    const same = calls.filter((call) => call.key === key);
    const turn = told.get(key) ?? 0;
    told.set(key, turn + 1);
    const call = same[turn] ?? same.at(-1);
    if (call === undefined) return notRecorded(request.command);
    for (const [name, content] of call.files) {
      const place = placeOf(name, paths);
      if (place === undefined) continue;
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, Buffer.from(unmark(Buffer.from(content).toString("latin1"), paths), "latin1"));
    }
    const { result } = call;
    return { ...result, stdout: unmark(result.stdout, paths), stderr: unmark(result.stderr, paths) };
  };
}

function notRecorded(command: string): ExecResult {
  return {
    status: "not-started",
    code: undefined,
    signal: undefined,
    stdout: "",
    stderr: "",
    droppedBytes: 0,
    durationMs: 0,
    startError: { code: "ENOENT", message: `${command} was not recorded with these arguments` },
  };
}
