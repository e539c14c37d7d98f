import type { Gate, Plugin, SpecDoc } from "@towpath/core";
import { specDocument } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, spec as component } from "../test/sample.ts";
import spec from "./index.ts";

describe("the artifact of the specification", () => {
  it("is the component's specification, read, for any gate that needs it", async () => {
    const seen: SpecDoc[] = [];
    const plugin = spec();
    const reader: Plugin = {
      ...plugin,
      async setup(api, options) {
        await plugin.setup(api, options);
        api.gate(readerGate((doc) => seen.push(doc)));
      },
    };
    const { root } = await project(clean, { git: true });
    const result = await runGate(reader, "reader", { root, component });
    expect(result.error).toBeUndefined();
    expect(result.verdict).toBe("passed");
    expect(seen.map(({ file, requirements }) => [file, requirements.map(({ id }) => id)])).toEqual([
      ["specs/foo.md", ["FR-1", "NFR-1"]],
    ]);
  });

  it("is not made of a specification that cannot be used: the gate that needs it could not decide", async () => {
    const plugin = spec();
    const reader: Plugin = {
      ...plugin,
      async setup(api, options) {
        await plugin.setup(api, options);
        api.gate(readerGate(() => {}));
      },
    };
    const { root } = await project({ ...clean, "specs/foo.md": "" }, { git: true });
    expect(await runGate(reader, "reader", { root, component })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });
});

/** A gate that needs the document and hands it on. */
function readerGate(take: (doc: SpecDoc) => void): Gate {
  return {
    name: "reader",
    category: "specification",
    code: "TEST1",
    stages: ["specification"],
    executesCode: false,
    needs: [specDocument],
    check: async ({ artifacts }) => {
      take(artifacts.get(specDocument));
      return {
        candidates: 1,
        checked: 1,
        findings: [],
        measurements: [
          { name: "documents", value: 1, unit: "documents", operator: ">=", threshold: 1, source: "test" },
        ],
        tool: { name: "reader", version: "1", via: "embedded" },
      };
    },
  };
}
