import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deployerSuite, type DeployerTarget } from "../src/index.ts";
import { acmeTarget, type Flaw } from "./acme-deployer.ts";
import { collect, type Outcome } from "./collect.ts";

/** What becomes of the promises with a wanted title. */
async function outcomes(wanted: RegExp, flaw?: Flaw): Promise<readonly Outcome[]> {
  const { runner, run } = collect();
  deployerSuite(runner, { name: "acme", target: () => acmeTarget(flaw), crashes: 4 });
  return run(wanted);
}

describe("the conformance suite of deployers", () => {
  it("passes a deployer that keeps its promises", async () => {
    expect((await outcomes(/./)).filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it.each<[Flaw, RegExp]>([
    ["probe is blind", /says absent before and applied after/],
    ["probe says yes", /says absent before and applied after/],
    ["probe repairs", /says absent before/],
    ["forgets epochs", /refuses an older owner/],
    ["one epoch for all runs", /takes another run/],
    ["takes bad releases", /refuses a bad release/],
    ["verify is blind", /notices what is not healthy/],
    ["verify writes", /watches without changing/],
    ["rolls back one step", /brings back the last verified/],
    ["rollback is not idempotent", /brings back the last verified/],
    ["redeploys rejected ones", /brings back the last verified/],
    ["notes the key first", /apply whose process was killed/],
    ["notes the key last", /apply whose process was killed/],
    ["cannot go on after a crash", /apply whose process was killed/],
    ["confirms anything", /confirms again and again, and only what runs/],
    ["status remembers", /brings back the last verified/],
    ["plans nothing", /tells what it would do/],
  ])("notices a deployer that breaks one: %s", async (flaw, title) => {
    const broken = await outcomes(title, flaw);
    expect(broken.length).toBe(1);
    expect(broken[0]?.error).toMatch(/AssertionError|Breakage/);
  });

  it("says in the titles what was left out, and why", () => {
    const { runner, titles } = collect();
    const off = { crashes: "it has no process of its own", refusal: "it checks nothing" };
    deployerSuite(runner, { name: "acme", target: () => acmeTarget(), off });
    const all = titles().join("\n");
    expect(all).toContain("without: crashes (it has no process of its own), refusal (it checks nothing)");
    expect(all).not.toContain("was killed");
    expect(all).not.toContain("bad release");
  });

  it("gives every target back, also of a promise that was broken", async () => {
    const targets: DeployerTarget[] = [];
    const { runner, run } = collect();
    deployerSuite(runner, {
      name: "acme",
      crashes: 2,
      async target() {
        const made = await acmeTarget("probe is blind");
        targets.push(made);
        return made;
      },
    });
    await run(/says|refuses|brings|confirms|notices/);
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.every(({ root }) => existsSync(join(root, "removed")))).toBe(true);
  });
});
