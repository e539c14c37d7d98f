import { createKernel, memoryJournal, systemClock, type Journal, type Sample } from "@towpath/core";
import { gateSuite } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import uptime from "./index.ts";

const second = 1_000;
const day = 86_400 * second;
const now = Date.UTC(2026, 0, 9);
const deployedAt = now - 8 * day;
const digest = "a".repeat(64);
const files = { "src/foo/a.py": "X = 1\n" };

/** Staging runs a release for eight days; one probe every 30 s, of which the last ones find it down. */
function soaked(downs: number): Journal {
  const about = { component: "foo", environment: "staging", digest } as const;
  const samples = Array.from({ length: (8 * day) / (30 * second) }, (_, index): Sample => {
    const t = now - (index + 1) * 30 * second;
    return { ...about, t, state: index < downs ? "down" : "up" };
  });
  const fact = {
    kind: "deployment",
    environment: "staging",
    state: "verified",
    digest,
    current: digest,
    at: new Date(deployedAt).toISOString(),
  } as const;
  const journal = memoryJournal();
  journal.commit({ facts: [{ component: "foo", fact }], samples });
  return journal;
}

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: uptime,
    cases: [
      {
        gate: "uptime",
        plugin: () => uptime(),
        target: "production",
        clock: { ...systemClock, now: () => now },
        clean: files,
        journal: () => soaked(100),
        dirty: { files, journal: () => soaked(101) },
        off: { processes: "it reads samples", "no input": "it looks at what staging runs" },
      },
    ],
  },
);

it("registers one gate about the deployment, with the thresholds that it holds figures against", async () => {
  const kernel = createKernel();
  await kernel.use(uptime());
  const gate = kernel.gates.get("uptime")?.gate;
  expect(gate).toMatchObject({
    category: "operations",
    code: "TP5201",
    stages: ["production"],
    subject: "deployment",
    executesCode: false,
    cost: "light",
  });
  expect(gate?.thresholds?.("production").map(({ name, threshold }) => [name, threshold])).toEqual([
    ["uptime", 99.5],
    ["coverage by probes", 99.5],
    ["longest gap", 3_030],
    ["soak", 604_800],
  ]);
  await kernel.close();
});
