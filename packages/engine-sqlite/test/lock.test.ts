import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { lockComponent, type Hold } from "../src/index.ts";
import { codeOf } from "./code-of.ts";
import { startPartner, type Partner } from "./programs.ts";

const owner = { run: "r1", pid: process.pid, host: hostname(), startedAt: "2026-01-01T00:00:00.000Z" };
const started: Partner[] = [];
/** Of holders; they outlive them. */
const children: number[] = [];

async function start(name: string, args: readonly string[] = []): Promise<Partner> {
  const partner = await startPartner(name, args);
  started.push(partner);
  if (name === "holder") children.push(Number(partner.greeting.split(" ")[1]));
  return partner;
}

async function newRoot(): Promise<string> {
  return (await project({})).root;
}

function take(root: string): Hold {
  return lockComponent({ root, component: "cart", owner });
}

afterAll(async () => {
  for (const child of children) process.kill(child, "SIGKILL");
  await Promise.all(started.map((partner) => partner.kill()));
});

describe("a component's lock", () => {
  it("has exactly one owner, however many ask at once", async () => {
    const root = await newRoot();
    const racers = await Promise.all(Array.from({ length: 8 }, () => start("racer")));
    for (let round = 0; round < 60; round += 1) {
      const answers = await Promise.all(
        racers.map((racer) => racer.ask({ do: "lock", root, component: "cart" })),
      );
      expect(answers.filter((answer) => answer === "locked")).toHaveLength(1);
      await racers[answers.indexOf("locked")]?.ask({ do: "release" });
    }
  });

  it("is refused with the owner's run, process and host", async () => {
    const root = await newRoot();
    const hold = take(root);
    const racer = await start("racer");
    const answer = await racer.ask({ do: "lock", root, component: "cart" });
    for (const part of ["r1", String(process.pid), hostname()]) expect(answer).toContain(part);
    expect(await racer.ask({ do: "lock", root, component: "api" })).toBe("locked");
    hold.release();
    hold.release();
  });

  it("outlasts our own second attempt and the release of it", async () => {
    const root = await newRoot();
    const hold = take(root);
    expect(codeOf(() => take(root))).toBe("TP6101");
    const racer = await start("racer");
    expect(await racer.ask({ do: "lock", root, component: "cart" })).toContain("owns cart");
    hold.release();
    expect(await racer.ask({ do: "lock", root, component: "cart" })).toBe("locked");
  });

  it("is kept by a process that stands still, and by one that forgot about it", async () => {
    const root = await newRoot();
    const holder = await start("holder", [root]);
    process.kill(holder.pid, "SIGSTOP");
    expect(codeOf(() => take(root))).toBe("TP6101");
    process.kill(holder.pid, "SIGCONT");
    expect(await holder.ask({})).toBe("alive");
    expect(codeOf(() => take(root))).toBe("TP6101");
  });

  it("is free at once when its owner is killed, though a child of it lives on", async () => {
    const root = await newRoot();
    const holder = await start("holder", [root]);
    await holder.kill();
    expect(process.kill(children.at(-1) ?? 0, 0)).toBe(true);
    expect(codeOf(() => take(root).release())).toBe(undefined);
  });

  it("is not held by what a file says, even of a process that lives", async () => {
    const root = await newRoot();
    take(root).release();
    writeFileSync(join(root, ".towpath/locks/cart.json"), JSON.stringify({ ...owner, run: "old" }));
    expect(codeOf(() => take(root).release())).toBe(undefined);
  });

  it.each([
    ["missing", undefined],
    ["garbled", "{"],
    ["of another shape", "[1]"],
    ["meant to fool a terminal", JSON.stringify({ ...owner, run: "\u001B[2J\u202Er9" })],
    ["huge", JSON.stringify({ ...owner, run: "r".repeat(5000) })],
  ])("is refused without a name when the owner's file is %s", async (_, content) => {
    const root = await newRoot();
    const info = join(root, ".towpath/locks/cart.json");
    // A folder in its place: the owner cannot write it, and owns all the same.
    if (content === undefined) mkdirSync(info, { recursive: true });
    const hold = take(root);
    if (content !== undefined) writeFileSync(info, content);
    expect(() => take(root)).toThrow(/^another process owns cart$/);
    hold.release();
    expect(codeOf(() => take(root).release())).toBe(undefined);
  });

  it("leaves no words behind, and files that only their owner can read", async () => {
    const root = await newRoot();
    const hold = take(root);
    const mode = (path: string): string => (statSync(join(root, path)).mode & 0o777).toString(8);
    expect([mode(".towpath"), mode(".towpath/locks"), mode(".towpath/locks/cart.lock")]).toEqual([
      "700",
      "700",
      "600",
    ]);
    expect(mode(".towpath/locks/cart.json")).toBe("600");
    hold.release();
    expect(existsSync(join(root, ".towpath/locks/cart.json"))).toBe(false);
  });

  it.each([".towpath", ".towpath/locks", ".towpath/locks/cart.lock"])(
    "is refused when a link stands in place of %s",
    async (place) => {
      const root = await newRoot();
      const elsewhere = await newRoot();
      mkdirSync(join(root, place, ".."), { recursive: true });
      symlinkSync(place.endsWith(".lock") ? join(elsewhere, "file") : elsewhere, join(root, place));
      expect(codeOf(() => take(root))).toBe("TP1005");
      expect(existsSync(join(elsewhere, "file"))).toBe(false);
    },
  );

  it.each(["../cart", "Cart", ""])("is refused for %j, which is no component's name", async (component) => {
    const root = await newRoot();
    expect(codeOf(() => lockComponent({ root, component, owner }))).toBe("TP1003");
  });
});
