import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Message } from "@towpath/core";
import { project, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { fileStore } from "../src/file-store.ts";

const reader = fileURLToPath(new URL("session_reader.py", import.meta.url));
const folder = ".augment/context/sessions";
const id = "foo-workflow-2026-11-22";
const messages: readonly Message[] = [
  { role: "system", content: "architecture", importance: 1 },
  ...Array.from({ length: 9 }, (_, n) => ({
    role: "user" as const,
    content: `said ${n}`,
    importance: n < 2 ? 0.5 : 0.9,
  })),
].map(
  (one, n) =>
    ({
      ...one,
      at: new Date(Date.UTC(2026, 10, 22, 10, 0, n)).toISOString(),
      untrusted: true,
      run: "r1",
    }) as Message,
);

async function theirs(root: string, style: string): Promise<{ before: string[]; after: string[] }> {
  const { python } = await pythonEnv();
  const args = [reader, join(root, folder, `${id}.json`), style, "8000"];
  return JSON.parse((await promisify(execFile)(python, args)).stdout);
}

describe("the documented way of other tools to load, add and prune", () => {
  it.each([
    ["naive", "2025-10-20T20:52:46.824822"],
    ["aware", "2025-10-20T20:52:46.824822+00:00"],
  ])("works on a file that was written here, beside files with %s times, and back", async (style, time) => {
    const old = { session_id: "tta-x", messages: [{ role: "user", content: "old", timestamp: time }] };
    const { root } = await project({ [`${folder}/old-2025-10-20.json`]: JSON.stringify(old) });
    const store = fileStore({ root });
    await store.save({ id, component: "foo", messages });
    const { before, after } = await theirs(root, style);
    expect(before).toEqual(messages.map(({ content }) => content));
    // What it prunes by its own rule is all that is missing, and the order is kept.
    expect(after).toEqual([
      ...before.filter((content) => !["said 0", "said 1"].includes(content)),
      "added by another tool",
    ]);
    const text = await readFile(join(root, folder, `${id}.json`), "utf8");
    const stamps = (JSON.parse(text) as { messages: { timestamp: string }[] }).messages.map(
      ({ timestamp }) => timestamp,
    );
    expect(new Set(stamps.map((stamp) => stamp.endsWith("+00:00")))).toEqual(new Set([style === "aware"]));
    const loaded = await store.load("foo");
    expect(loaded?.messages.map(({ content }) => content)).toEqual(after);
    expect(loaded?.messages.at(-1)).toMatchObject({ role: "user", importance: 0.7, untrusted: true });
    const last: Message = {
      role: "user",
      content: "afterwards",
      at: new Date().toISOString(),
      importance: 1,
      untrusted: false,
    };
    await store.save({ id, component: "foo", messages: [...(loaded?.messages ?? []), last] });
    expect((await theirs(root, style)).before.at(-1)).toBe("afterwards");
  });

  it("would fail on a file in which the two kinds of time are mixed, which is why they never are", async () => {
    const { root } = await project({});
    const store = fileStore({ root, folder });
    await store.save({ id, component: "foo", messages });
    await expect(theirs(root, "naive")).rejects.toThrow("offset-naive and offset-aware");
  });
});
