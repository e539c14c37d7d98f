import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { lockComponent, openJournal } from "../src/index.ts";
import { codeOf } from "./code-of.ts";
import { canMount, mountDisk, type Disk } from "./mount.ts";
import { nthChange } from "./nth-change.ts";
import { isInstalled, runWriter } from "./programs.ts";
import { changesIn } from "./story.ts";

const disks: Disk[] = [];

function newDisk(size: string): Disk {
  const disk = mountDisk(size);
  disks.push(disk);
  return disk;
}

afterEach(() => {
  for (const disk of disks.splice(0)) disk.remove();
});

describe.skipIf(!canMount())("a disk of 2 MiB (needs the right to mount)", () => {
  /** Takes all the space that is left. */
  const fill = (root: string): void => {
    for (const size of [65_536, 4096, 1]) {
      for (let n = 0; n < 1000; n += 1) {
        try {
          writeFileSync(join(root, `filler-${size}-${n}`), new Uint8Array(size));
        } catch {
          rmSync(join(root, `filler-${size}-${n}`), { force: true });
          break;
        }
      }
    }
  };
  const ballast = (root: string): string => join(root, ".towpath/ballast");

  it("that is full: the journal says so, can still tell why it ended, and goes on when there is space", () => {
    const { root, remount } = newDisk("2m");
    const journal = openJournal({ root });
    expect(statSync(ballast(root)).size).toBe(1024 * 1024);
    fill(root);
    let stored = 0;
    let code: string | undefined;
    while (code === undefined) {
      code = codeOf(() => journal.commit(nthChange("r1", stored + 1)));
      if (code === undefined) stored += 1;
    }
    expect(code).toBe("TP6109");
    expect(changesIn(journal, "r1")).toBe(stored);
    expect(existsSync(ballast(root))).toBe(false);

    // What was held back is enough for the last words.
    journal.commit(nthChange("r1", stored + 1));
    if (stored > 0) journal.commit({ update: { run: "r1", status: "halted" } });
    expect(changesIn(journal, "r1")).toBe(stored + 1);

    remount("size=8m");
    for (let n = stored + 2; n < stored + 40; n += 1) journal.commit(nthChange("r1", n));
    expect(statSync(ballast(root)).size).toBe(1024 * 1024);
    journal.close();
    const again = openJournal({ root });
    expect(changesIn(again, "r1")).toBe(stored + 39);
    again.close();
  });

  it("that is too full for a journal: nothing is begun", () => {
    const { root } = newDisk("64k");
    fill(root);
    expect(codeOf(() => openJournal({ root }))).toMatch(/^TP61(?:02|09)$/);
    expect(existsSync(join(root, ".towpath/journal.db"))).toBe(false);
  });

  it("that has no room for ballast: the journal does without", () => {
    const { root } = newDisk("1m");
    const journal = openJournal({ root });
    journal.commit(nthChange("r1", 1));
    expect(existsSync(ballast(root))).toBe(false);
    expect(changesIn(journal, "r1")).toBe(1);
    journal.close();
  });
});

describe.skipIf(!canMount())("a disk that cannot be written (needs the right to mount)", () => {
  /** What is answered there, where three changes are stored. */
  const answersOn = (root: string): readonly unknown[] => {
    const writing = [
      codeOf(() => openJournal({ root })),
      codeOf(() => lockComponent({ root, component: "cart", owner })),
    ];
    const journal = openJournal({ root, readOnly: true });
    const answers = [
      ...writing,
      codeOf(() => journal.commit(nthChange("r1", 4))),
      codeOf(() => journal.advance("otel", 1)),
      changesIn(journal, "r1"),
      journal.latest("cart", "lint")?.result.durationMs,
      journal.runs({ open: true, component: "cart" }).length,
    ];
    journal.close();
    return answers;
  };
  const expected = ["TP6102", "TP6102", "TP6102", "TP6102", 3, 3, 1];
  const owner = { run: "r1", pid: process.pid, host: "here", startedAt: "2026-01-01T00:00:00.000Z" };

  it("is read where the journal was closed", async () => {
    const { root, remount } = newDisk("8m");
    await runWriter([root, "r1", "3"]);
    remount("ro");
    expect(answersOn(root)).toEqual(expected);
  });

  it.each([
    ["with all its files", []],
    ["without its index", ["-shm"]],
  ])("is read where the writer was killed, %s", async (_, lost) => {
    const { root, remount } = newDisk("8m");
    const { lines } = await runWriter([root, "r1", "4", "before", "4"]);
    expect(lines).toHaveLength(3);
    const path = join(root, ".towpath/journal.db");
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    for (const suffix of lost) rmSync(path + suffix);
    remount("ro");
    expect(answersOn(root)).toEqual(expected);
  });

  it("reads like an empty journal where there is none", () => {
    const { root, remount } = newDisk("8m");
    remount("ro");
    const journal = openJournal({ root, readOnly: true });
    expect([journal.runs(), journal.evidence("cart").head.seq]).toEqual([[], 0]);
    journal.close();
  });
});

it("a journal that is opened for reading changes nothing, and makes nothing where there is none", async () => {
  const { root } = await project({});
  const none = openJournal({ root, readOnly: true });
  expect(none.runs()).toEqual([]);
  expect(codeOf(() => none.commit(nthChange("r1", 1)))).toBe("TP6102");
  none.close();
  expect(existsSync(join(root, ".towpath"))).toBe(false);

  const writer = openJournal({ root });
  writer.commit(nthChange("r1", 1));
  const reader = openJournal({ root, readOnly: true });
  writer.commit(nthChange("r1", 2));
  expect(changesIn(reader, "r1")).toBe(2);
  expect(codeOf(() => reader.prune(["r1"]))).toBe("TP6102");
  reader.close();
  writer.close();
});

describe.skipIf(!isInstalled("strace"))("a disk whose sync fails (needs strace)", () => {
  const strace = (log: string, ...more: readonly string[]): readonly string[] => [
    "strace",
    "-f",
    "-qq",
    "-o",
    log,
    ...more.flatMap((expression) => ["-e", expression]),
  ];

  it("each commit is synced before it is told to be stored", async () => {
    const { root } = await project({});
    const log = join(root, "syncs");
    const { lines } = await runWriter([root, "r1", "12"], strace(log, "trace=fdatasync,fsync,write"));
    expect(lines).toHaveLength(12);
    const calls = readFileSync(log, "utf8").split("\n");
    let syncs = 0;
    let acknowledged = 0;
    for (const call of calls) {
      if (/ f(?:data)?sync\(\d+\)\s+= 0/.test(call)) syncs += 1;
      if (!/ write\(1, "ack /.test(call)) continue;
      expect(syncs).toBeGreaterThanOrEqual(1);
      syncs = 0;
      acknowledged += 1;
    }
    expect(acknowledged).toBe(12);
  });

  it("at any point: what was told to be stored is there, nothing is tried again, and the chains hold", async () => {
    let at = 0;
    for (let injected = true; injected;) {
      at += 1;
      const { root } = await project({});
      const log = join(root, "syncs");
      const failing = strace(log, "trace=fdatasync,fsync", `inject=fdatasync,fsync:error=EIO:when=${at}`);
      const { lines } = await runWriter([root, "r1", "3"], failing);
      injected = readFileSync(log, "utf8").includes("(INJECTED)");
      const stored = lines.findIndex((line) => !line.startsWith("ack"));
      const acknowledged = stored === -1 ? 3 : stored;
      // After the first refusal everything is refused.
      for (const line of lines.slice(acknowledged)) expect(line).toMatch(/^refused (?:open|\d) TP6102$/);
      expect(injected || acknowledged === 3).toBe(true);

      const journal = openJournal({ root });
      const found = changesIn(journal, "r1");
      expect([acknowledged, acknowledged + 1]).toContain(found);
      journal.commit(nthChange("r1", found + 1));
      expect(changesIn(journal, "r1")).toBe(found + 1);
      journal.close();
    }
    // One sync for each commit at least, and then one that was never reached.
    expect(at).toBeGreaterThan(4);
  });
});
