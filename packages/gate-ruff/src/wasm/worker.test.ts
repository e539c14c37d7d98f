import { existsSync } from "node:fs";
import { join } from "node:path";
import { Breakage } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it, vi } from "vitest";
import { runWorker, type WorkerAnswer } from "./worker.ts";

/** Runs the worker on one file with an engine whose method `check` has the given body. */
async function checkWith(
  body: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<WorkerAnswer> {
  const { root } = await project({
    "engine.cjs": `exports.PositionEncoding = { Utf32: 2 };
      exports.Workspace = class { static version() { return "1.2.3"; } check() { ${body} } };`,
    "a.py": "",
  });
  const jobs = [{ options: {}, files: [join(root, "a.py"), join(root, "gone.py")] }];
  return runWorker({ engine: join(root, "engine.cjs"), command: "check", jobs }, signal);
}

const isCrash = (error: unknown): boolean => error instanceof Breakage && error.kind === "tool-crash";

describe("runWorker", () => {
  it("answers for each file", async () => {
    const answer = await checkWith("return [1]");
    expect(answer).toMatchObject({
      kind: "done",
      version: "1.2.3",
      files: [
        { kind: "checked", diagnostics: [1] },
        { kind: "unreadable", reason: expect.stringContaining("ENOENT") },
      ],
    });
  });

  it("an error of the engine is told of the file in which it arose", async () => {
    expect(await checkWith('throw new RangeError("too deep")')).toMatchObject({
      files: [
        { kind: "crashed", path: expect.stringContaining("a.py"), reason: "too deep" },
        { kind: "unreadable" },
      ],
    });
  });

  it("a thread that dies is breakage", async () => {
    await expect(checkWith("process.exit(0)")).rejects.toSatisfy(isCrash);
  });

  it("an engine that cannot be loaded is breakage", async () => {
    const task = { engine: "/no/such/engine.cjs", command: "check", jobs: [] } as const;
    await expect(runWorker(task, new AbortController().signal)).rejects.toSatisfy(isCrash);
  });

  it("is stopped in the middle of its work, while the event loop is free", async () => {
    const { root } = await project({});
    const mark = join(root, "started");
    const stop = new AbortController();
    const reason = new Breakage("timeout", { message: "the limit was reached" });
    const running = checkWith(
      `require("node:fs").writeFileSync(${JSON.stringify(mark)}, ""); for (;;);`,
      stop.signal,
    );
    const outcome = running.catch((error: unknown) => error);
    await vi.waitUntil(() => existsSync(mark), { timeout: 30_000 });
    stop.abort(reason);
    expect(await outcome).toBe(reason);
  });

  it("does not start when it is already stopped", async () => {
    await expect(checkWith("for (;;);", AbortSignal.abort())).rejects.toMatchObject({ kind: "cancelled" });
  });
});
