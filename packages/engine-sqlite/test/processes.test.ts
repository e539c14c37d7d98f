import { project } from "@towpath/testkit";
import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openJournal } from "../src/index.ts";
import { codeOf } from "./code-of.ts";
import { nthChange, runOf } from "./nth-change.ts";
import { runWriter, startPartner, type Partner } from "./programs.ts";
import { changesIn } from "./story.ts";

const started: Partner[] = [];

async function newRoot(): Promise<string> {
  return (await project({})).root;
}

afterAll(async () => {
  await Promise.all(started.map((partner) => partner.kill()));
});

describe("processes that write at once", () => {
  it("make one journal, with chains without gaps and everything that each of them was told is stored", async () => {
    const root = await newRoot();
    const runs = ["r1", "r2", "r3", "r4"];
    const ended = await Promise.all(runs.map((run) => runWriter([root, run, "60"])));
    for (const { lines, stderr } of ended) {
      expect(lines.filter((line) => !line.startsWith("ack"))).toEqual([]);
      expect(lines).toHaveLength(60);
      expect(stderr).toBe("");
    }
    const journal = openJournal({ root });
    expect(runs.map((run) => changesIn(journal, run))).toEqual([60, 60, 60, 60]);
    expect(journal.evidence("cart").head.seq).toBe(240);
    const positions = journal.events({}).map(({ position }) => position);
    expect(positions).toEqual(positions.map((_, index) => index + 1));
    journal.close();
  });

  it("make whole chains, in whatever order they write and open it anew", async () => {
    await assert(
      asyncProperty(
        array(constantFrom("a", "b", "reopen a", "reopen b"), { maxLength: 12 }),
        async (acts) => {
          const root = await newRoot();
          const open = { a: openJournal({ root }), b: openJournal({ root }) };
          const counts = { a: 0, b: 0 };
          for (const act of acts) {
            const who = act.endsWith("a") ? "a" : "b";
            if (act === who) open[who].commit(nthChange(who, (counts[who] += 1)));
            else {
              open[who].close();
              open[who] = openJournal({ root });
            }
          }
          for (const journal of [open.a, open.b]) {
            expect({ a: changesIn(journal, "a"), b: changesIn(journal, "b") }).toEqual(counts);
            journal.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("let exactly one trial through a breaker that is half open", async () => {
    const root = await newRoot();
    const racers = await Promise.all(Array.from({ length: 4 }, () => startPartner("racer")));
    started.push(...racers);
    for (let round = 1; round <= 15; round += 1) {
      const breaker = `lint-${round}`;
      const journal = openJournal({ root });
      for (let failure = 1; failure <= 5; failure += 1) journal.settle(breaker, false, failure);
      journal.close();
      const question = { do: "allow", root, breaker, now: 60_005 };
      const answers = await Promise.all(racers.map((racer) => racer.ask(question)));
      expect(answers.toSorted()).toEqual(["allowed", "refused", "refused", "refused"]);
    }
  });

  it("see who took a run over, and only one of two can do it", async () => {
    const root = await newRoot();
    const [slow, fast] = [openJournal({ root }), openJournal({ root })];
    slow.commit({ begin: runOf("r1") });
    const fence = { run: "r1", epoch: 1 };
    fast.commit({ fence, update: { run: "r1", epoch: 2 } });
    expect(codeOf(() => slow.commit({ fence, update: { run: "r1", epoch: 2 } }))).toBe("TP6107");
    expect(codeOf(() => slow.commit(nthChange("r1", 2)))).toBe("TP6107");
    expect(changesIn(slow, "r1")).toBe(0);
    slow.close();
    fast.close();
  });
});

describe("a process that is killed", () => {
  it.each([1, 2, 3, 4])("before or after commit %i loses nothing that it was told is stored", async (at) => {
    for (const when of ["before", "after"]) {
      const root = await newRoot();
      const { signal, lines } = await runWriter([root, "r1", "4", when, String(at)]);
      expect(signal).toBe("SIGKILL");
      expect(lines).toHaveLength(at - 1);
      const journal = openJournal({ root });
      expect(changesIn(journal, "r1")).toBe(when === "before" ? at - 1 : at);
      journal.close();
    }
  });
});

describe("the faults that a test may have", () => {
  it("are told of each transaction once, with its number and what it is about", async () => {
    const told: string[] = [];
    const journal = openJournal({
      root: await newRoot(),
      faults: {
        before: (n, what) => told.push(`> ${n} ${what}`),
        after: (n, what) => told.push(`< ${n} ${what}`),
      },
    });
    journal.commit({ begin: runOf("r1") });
    expect(codeOf(() => journal.commit({ update: { run: "r9" } }))).toBe("TP6003");
    journal.commit({ ...nthChange("r1", 2), update: { run: "r1", status: "parked" } });
    journal.advance("otel", 1);
    journal.prune(["r1"]);
    const whats = [
      "1 begin r1",
      "2 update r1 parked, step step-2 done, evidence, facts, messages, events, samples",
      "3 cursor of otel",
      "4 prune",
    ];
    expect(told).toEqual(whats.flatMap((what) => [`> ${what}`, `< ${what}`]));
    journal.close();
  });

  it("take nothing back: an error before the COMMIT is an error, and nothing is written", async () => {
    const root = await newRoot();
    const before = (n: number): void => {
      if (n === 2) throw new Error("no");
    };
    const journal = openJournal({ root, faults: { before } });
    journal.commit(nthChange("r1", 1));
    expect(() => journal.commit(nthChange("r1", 2))).toThrow("no");
    expect(changesIn(journal, "r1")).toBe(1);
    journal.commit(nthChange("r1", 2));
    expect(changesIn(journal, "r1")).toBe(2);
    journal.close();
  });
});

describe("a breaker", () => {
  it("costs no transaction as long as nothing changes", async () => {
    let count = 0;
    const faults = { after: () => void (count += 1) };
    const journal = openJournal({ root: await newRoot(), faults });
    expect(journal.allow("lint", 1)).toBe(true);
    journal.settle("lint", true, 2);
    expect(count).toBe(0);
    journal.settle("lint", false, 3);
    expect(count).toBe(1);
    journal.close();
  });
});
