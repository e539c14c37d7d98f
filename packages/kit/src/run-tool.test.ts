import { join } from "node:path";
import { Breakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { runTool, type RunToolOptions, type ToolRun } from "./run-tool.ts";
import { context, pidIn, script, tree } from "../test/testing.ts";

/** Runs a shell script as the tool. */
async function run(text: string, options: RunToolOptions = {}, signal?: AbortSignal): Promise<ToolRun> {
  const root = await tree();
  const command = await script(root, "tool", `#!/bin/sh\n${text}\n`);
  const tool = { command, args: ["prefix"], info: { name: "tool", version: "1.0", via: "path" } };
  return runTool(context({ root, ...(signal && { signal }) }), tool, ["a b"], options);
}

describe("runTool", () => {
  it("R18: any ordinary exit is the gate's to judge", async () => {
    const result = await run('echo "$1:$2 in $PWD"; echo err >&2; exit 2', { env: { X: "1" } });
    expect(result).toMatchObject({ code: 2, stderr: "err\n" });
    expect(result.argv.slice(1)).toEqual(["prefix", "a b"]);
    expect(result.stdout).toBe(`prefix:a b in ${join(String(result.argv[0]), "..")}\n`);
  });

  it("passes input and variables on", async () => {
    expect((await run('cat; echo "$GIVEN"', { stdin: "in ", env: { GIVEN: "yes" } })).stdout).toBe(
      "in yes\n",
    );
  });

  it("R18: a signal is a crash, with the tool's last words", async () => {
    await expect(run("echo dying >&2; kill -SEGV $$")).rejects.toMatchObject({
      kind: "tool-crash",
      message: "tool was ended by SIGSEGV",
      details: { why: "dying" },
    });
  });

  it("R12: the tool's own limit is a time-out", async () => {
    await expect(run("exec sleep 60", { timeoutMs: 50 })).rejects.toMatchObject({ kind: "timeout" });
  });

  it("R12: the reason for which the gate is stopped is kept", async () => {
    const reason = new Breakage("timeout", { message: "the gate took too long" });
    for (const [given, kind] of [
      [reason, "timeout"],
      [new DOMException("too long", "TimeoutError"), "timeout"],
      [new Error("whatever"), "cancelled"],
    ] as const) {
      await expect(run("true", {}, AbortSignal.abort(given))).rejects.toMatchObject({ kind });
    }
  });

  it("R12: an abort while the tool runs stops it", async () => {
    const root = await tree();
    const marker = join(root, "pid");
    const stop = new AbortController();
    const running = run(`echo $$ > ${marker}; exec sleep 60`, {}, stop.signal);
    await Promise.all([
      expect(running).rejects.toMatchObject({ kind: "cancelled" }),
      pidIn(marker).then(() => stop.abort()),
    ]);
  });

  it("R11, R33: what does not start is missing, or a crash where it is the arguments", async () => {
    const root = await tree();
    const tool = { command: join(root, "none"), args: [], info: { name: "tool", version: "1", via: "path" } };
    await expect(runTool(context({ root }), tool, [])).rejects.toMatchObject({ kind: "tool-missing" });
    await expect(run("true", { env: { BIG: "x".repeat(200_000) } })).rejects.toMatchObject({
      kind: "tool-crash",
    });
    await expect(run("true", { cwd: "/" })).rejects.toMatchObject({ kind: "tool-crash" });
  });
});
