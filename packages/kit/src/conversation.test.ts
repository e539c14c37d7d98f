import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Conversation, Exec } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { converse } from "./conversation.ts";
import { createExec } from "./exec.ts";
import { isAlive, pidIn, tree } from "../test/testing.ts";

const node = process.execPath;
const stays = "setInterval(() => {}, 1000);";

async function setUp(killGraceMs = 5_000): Promise<{ root: string; exec: Exec }> {
  const root = await tree();
  const runId = `run-${crypto.randomUUID()}`;
  return { root, exec: createExec({ root, runId, env: { PATH: process.env["PATH"] }, killGraceMs }) };
}

async function say(input: Conversation["input"], text: string): Promise<void> {
  const writer = input.getWriter();
  await writer.write(Buffer.from(text)).finally(() => writer.releaseLock());
}

/** The next piece of output, or nothing at its end. */
async function hear(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { done, value } = await reader.read();
  return done ? undefined : Buffer.from(value).toString();
}

describe("a conversation", () => {
  it("goes to and fro while the process runs, and its end ends the process", async () => {
    const { root, exec } = await setUp();
    const heard: (string | undefined)[] = [];
    const result = await exec({
      command: node,
      args: [
        "-e",
        `require("node:fs").writeFileSync("pid", String(process.pid)); process.stdin.on("data", (text) => process.stdout.write("heard " + text)); ${stays}`,
      ],
      async converse({ input, output }) {
        const reader = output.getReader();
        for (const word of ["one", "two"]) {
          await say(input, word);
          heard.push(await hear(reader));
        }
      },
    });
    expect(heard).toEqual(["heard one", "heard two"]);
    expect(result).toMatchObject({ status: "signalled", signal: "SIGTERM" });
    expect(isAlive(await pidIn(join(root, "pid")))).toBe(false);
  });

  it("hears the end of a process that dies, and all that it wrote before", async () => {
    const { exec } = await setUp();
    let heard = "";
    const result = await exec({
      command: node,
      args: ["-e", `process.stdout.write("x".repeat(300_000)); process.exitCode = 3`],
      async converse({ output }) {
        for await (const chunk of output) heard += Buffer.from(chunk).toString();
      },
    });
    expect(heard).toHaveLength(300_000);
    expect(result).toMatchObject({ status: "exited", code: 3 });
  });

  it("keeps the last words of a process for a reader who is slow", async () => {
    const length = 190_000;
    const child = spawn(node, ["-e", `process.stdout.write("x".repeat(${length}))`], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const closed = once(child, "close");
    let heard = 0;
    await converse(child, async ({ output }) => {
      const reader = output.getReader();
      // From now on nothing is asked for until the pipes are gone.
      heard += (await reader.read()).value?.length ?? 0;
      await closed;
      for (let next = await reader.read(); !next.done; next = await reader.read()) heard += next.value.length;
    });
    expect(heard).toBe(length);
  });

  it("that fails stops the process first, and is then thrown", async () => {
    const { root, exec } = await setUp();
    const asked = exec({
      command: node,
      args: [
        "-e",
        `require("node:fs").writeFileSync("pid", String(process.pid)); console.log("up"); ${stays}`,
      ],
      async converse({ output }) {
        await hear(output.getReader());
        throw new Error("misunderstood");
      },
    });
    await expect(asked).rejects.toThrow("misunderstood");
    expect(isAlive(Number(readFileSync(join(root, "pid"), "utf8")))).toBe(false);
  });

  it("leaves nobody behind: neither one that is deaf to SIGTERM, nor one that left the group", async () => {
    const { root, exec } = await setUp(50);
    const deaf = `process.on("SIGTERM", () => {}); ${stays}`;
    await exec({
      command: node,
      args: [
        "-e",
        `const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stays)}], { detached: true, stdio: "ignore" });
         require("node:fs").writeFileSync("child", String(child.pid)); require("node:fs").writeFileSync("pid", String(process.pid));
         console.log("up"); ${deaf}`,
      ],
      async converse({ output }) {
        await hear(output.getReader());
      },
    });
    expect(isAlive(await pidIn(join(root, "pid")))).toBe(false);
    expect(isAlive(await pidIn(join(root, "child")))).toBe(false);
  });

  it("that nobody listens to does not pile up: the process waits", async () => {
    const { root, exec } = await setUp();
    const before = process.memoryUsage().rss;
    await exec({
      command: node,
      args: [
        "-e",
        `const { writeSync, writeFileSync } = require("node:fs"); const chunk = Buffer.alloc(1 << 20);
         for (let n = 0; n < 400; n++) { for (let at = 0; at < chunk.length;) { try { at += writeSync(1, chunk, at); } catch (error) { if (error.code !== "EAGAIN") throw error; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); } } }
         writeFileSync("done", "")`,
      ],
      maxOutputBytes: 1024,
      timeoutMs: 1_500,
      async converse({ output }) {
        const reader = output.getReader();
        await hear(reader);
        // Nothing more is read until the process is stopped.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      },
    });
    expect(existsSync(join(root, "done"))).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it("is stopped by the time limit, and hears it as the end", async () => {
    const { exec } = await setUp();
    const result = await exec({
      command: node,
      args: ["-e", stays],
      timeoutMs: 200,
      async converse({ output }) {
        for await (const _ of output);
      },
    });
    expect(result.status).toBe("timed-out");
  });

  it("of a program that is not there is not begun", async () => {
    const { exec } = await setUp();
    let begun = false;
    const result = await exec({
      command: "towpath-no-such-tool",
      args: [],
      async converse() {
        begun = true;
      },
    });
    expect(result).toMatchObject({ status: "not-started", startError: { code: "ENOENT" } });
    expect(begun).toBe(false);
  });

  it("fails a write to a process that has gone, and nothing else fails with it", async () => {
    const { exec } = await setUp();
    let failed: unknown;
    const result = await exec({
      command: node,
      args: ["-e", ""],
      async converse({ input, output }) {
        for await (const _ of output);
        // Its ends are closed one after the other.
        while (failed === undefined) failed = await say(input, "anyone?").catch((error: unknown) => error);
      },
    });
    expect(failed).toBeInstanceOf(Error);
    expect(result).toMatchObject({ status: "exited", code: 0 });
  });
});
