import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec, ExecResult } from "@towpath/core";
import { expect, it } from "vitest";
import { project } from "../project.ts";
import { record } from "./record.ts";
import { silenced, withContent, type RecordedCall } from "./recorded-call.ts";
import { replay } from "./replay.ts";

function exited(stdout: string): ExecResult {
  const streams = { stdout, stderr: "", droppedBytes: 0, durationMs: 1 };
  return { status: "exited", code: 0, signal: undefined, ...streams };
}

async function twoRuns(): Promise<readonly [string, string]> {
  const [first, second] = [await project({}), await project({})];
  return [first.root, second.root];
}

it("delivers streams and files again, where the new run names its paths", async () => {
  const [first, second] = await twoRuns();
  const calls: RecordedCall[] = [];
  const bytes = Buffer.from([0xff, 0x00, 0x7b]);
  const tool: Exec = async ({ args: [path = ""], env = {} }) => {
    await writeFile(path, bytes);
    await writeFile(env["LOG"] ?? "", `log of ${path}`);
    return exited(`wrote ${path}`);
  };
  const ask = (outDir: string, folder: string) => ({
    command: "tool",
    args: [join(folder, "report")],
    env: { LOG: join(outDir, "log") },
  });
  // A folder whose name is drawn at random, as gates make them.
  const drawn = await Promise.all([first, second].map((outDir) => mkdtemp(join(outDir, "copy-"))));
  await record(tool, first, calls)(ask(first, drawn[0] ?? ""));

  const result = await replay(calls, second)(ask(second, drawn[1] ?? ""));
  const report = join(drawn[1] ?? "", "report");
  expect(result).toEqual(exited(`wrote ${report}`));
  expect(await readFile(report)).toEqual(bytes);
  expect(await readFile(join(second, "log"), "utf8")).toBe(`log of ${report}`);
});

it("records what a process writes below its working directory, and not what was there before", async () => {
  const [outDir] = await twoRuns();
  const cwd = join(outDir, "work");
  await mkdir(cwd);
  await writeFile(join(cwd, "old"), "old");
  const calls: RecordedCall[] = [];
  const tool: Exec = async () => {
    await writeFile(join(cwd, "new"), "new");
    return exited("");
  };
  await record(tool, outDir, calls)({ command: "tool", args: [], cwd });
  expect([...(calls[0]?.files.values() ?? [])].map(String)).toEqual(["new"]);
});

it("answers equal calls in their order, the last one for good, and starts nothing that it does not know", async () => {
  const [outDir] = await twoRuns();
  const calls: RecordedCall[] = [];
  let count = 0;
  const recording = record(async () => exited(`${(count += 1)}`), outDir, calls);
  const request = { command: "tool", args: ["check"] };
  await recording(request);
  await recording(request);
  const exec = replay(calls, outDir);
  const answers = [await exec(request), await exec(request), await exec(request)];
  expect(answers.map(({ stdout }) => stdout)).toEqual(["1", "2", "2"]);
  expect(await exec({ command: "tool", args: ["other"] })).toMatchObject({ status: "not-started" });
});

it("does not write a file that was taken away", async () => {
  const [outDir] = await twoRuns();
  const calls: RecordedCall[] = [];
  const request = { command: "tool", args: ["-o", join(outDir, "report")] };
  const tool: Exec = async () => {
    await writeFile(join(outDir, "report"), "{}");
    return exited("");
  };
  await record(tool, outDir, calls)(request);
  const [name = ""] = calls[0]?.files.keys() ?? [];
  for (const tamper of [
    (call: RecordedCall) => withContent(call, { file: name }, new Uint8Array()),
    (call: RecordedCall) => silenced(call, 1),
  ]) {
    await writeFile(join(outDir, "report"), "untouched");
    await replay(calls.map(tamper), outDir)(request);
    expect(await readFile(join(outDir, "report"), "utf8")).toBe("untouched");
  }
});
