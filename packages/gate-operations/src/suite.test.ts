import { createKernel } from "@towpath/core";
import { gateSuite, runGate, type GateCase } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { attested, clock, deployed, drilled, good, journalWith } from "../test/records.ts";
import operations from "./index.ts";

const files = { "src/foo/a.py": "X = 1\n" };
const common = {
  plugin: () => operations(),
  clean: files,
  clock,
  target: "production",
  off: { processes: "it starts none", "no input": "it looks at what is on record" },
} as const;

async function treeOf(root: string): Promise<string> {
  const { inputs } = await runGate(operations(), "security-review", { root, component: { tests: [] } });
  return inputs.tree;
}

function drillCase(drill: "rollback" | "monitoring"): GateCase {
  const failing = { ...good, passed: false, detail: "nobody noticed" };
  return {
    ...common,
    gate: drill,
    journal: () => journalWith(deployed(), drilled({ drill })),
    dirty: {
      files,
      journal: () => journalWith(deployed(), drilled({ drill, scenarios: [good, failing] })),
    },
  };
}

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: operations,
    cases: [
      {
        ...common,
        gate: "security-review",
        journal: async (root) => journalWith(attested(await treeOf(root))),
        dirty: { files, waits: true, journal: () => journalWith(attested("b".repeat(64))) },
      },
      drillCase("rollback"),
      drillCase("monitoring"),
    ],
  },
);

it("says where alerts arrive only when it is told", async () => {
  const sourceOf = async (plugin: ReturnType<typeof operations>): Promise<string | undefined> => {
    const kernel = createKernel();
    await kernel.use(plugin);
    await kernel.close();
    return kernel.alerts()?.name;
  };
  expect(await sourceOf(operations())).toBeUndefined();
  expect(await sourceOf(operations({ monitoring: { file: "alerts.jsonl" } }))).toBe("file");
  expect(await sourceOf(operations({ monitoring: { command: ["alerts"] } }))).toBe("command");
  const alertmanager = { url: "http://127.0.0.1:9093" };
  expect(await sourceOf(operations({ monitoring: { alertmanager } }))).toBe("alertmanager");
});
