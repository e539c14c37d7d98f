import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { fileStore } from "../src/file-store.ts";

const writer = fileURLToPath(new URL("writer.mts", import.meta.url));
const path = ".towpath/sessions/foo-workflow-2026-11-22.json";

interface Writer {
  readonly ended: Promise<number | null>;
  /** Settles when so many messages were saved. */
  saved(count: number): Promise<void>;
  kill(): void;
}

function write(root: string, name: string, count: number): Writer {
  const child = spawn(process.execPath, [writer, root, name, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let lines = 0;
  const waiting: { readonly count: number; readonly done: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    lines += chunk.split("\n").length - 1;
    for (const one of waiting) if (lines >= one.count) one.done();
  });
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    }),
    saved: (wanted) => new Promise((done) => void waiting.push({ count: wanted, done })),
    kill: () => void child.kill("SIGKILL"),
  };
}

describe("several processes that write one session", () => {
  it("lose nothing of each other", { timeout: 60_000 }, async () => {
    const { root } = await project({});
    const names = ["a", "b", "c", "d"];
    const ends = await Promise.all(names.map((name) => write(root, name, 12).ended));
    expect(ends).toEqual([0, 0, 0, 0]);
    const { messages }: { messages: { content: string }[] } = JSON.parse(
      await readFile(join(root, path), "utf8"),
    );
    const wanted = names.flatMap((name) => Array.from({ length: 12 }, (_, n) => `${name}/${n}`));
    expect(messages.map(({ content }) => content).toSorted()).toEqual(wanted.toSorted());
  });

  it("go on when one of them is killed, and find a whole file", { timeout: 60_000 }, async () => {
    const { root } = await project({});
    const victim = write(root, "victim", 100_000);
    await victim.saved(3);
    victim.kill();
    await victim.ended;
    const store = fileStore({ root });
    const before = (await store.read("foo-workflow-2026-11-22"))?.messages ?? [];
    expect(before.length).toBeGreaterThanOrEqual(3);
    const said = before.slice(0, 1).map((message) => ({ ...message, content: "after" }));
    await store.save({ id: "foo-workflow-2026-11-22", component: "foo", messages: said });
    const after = await store.read("foo-workflow-2026-11-22");
    expect(after?.messages.length).toBe(before.length + 1);
  });
});
