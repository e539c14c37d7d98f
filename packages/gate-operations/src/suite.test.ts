import { createKernel } from "@towpath/core";
import { gateSuite } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import operations from "./index.ts";

// Its gates look at records, which the suite has none of: their promises stand in the tests beside them.
gateSuite({ describe, it, expect }, { from: import.meta.url, factory: operations, cases: [] });

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
