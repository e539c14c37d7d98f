import { describe, expect, it } from "vitest";
import { selectTests, testSelection, type TestKinds } from "./test-selection.ts";

const paths: TestKinds = {
  integration: { paths: ["tests/integration/"] },
  e2e: { paths: ["./tests/e2e"] },
};
const markers: TestKinds = { integration: { marker: "integration" }, e2e: { marker: "e2e or slow" } };

describe("selectTests", () => {
  it("takes all tests for unit tests where nothing else is named", () => {
    const all = { targets: ["tests"], args: [], without: undefined };
    expect(selectTests(["tests"], "unit", {})).toEqual(all);
  });

  it("leaves paths out of the unit tests, and takes them for their kind", () => {
    expect(selectTests(["tests"], "unit", paths)).toEqual({
      targets: ["tests"],
      args: ["--ignore=./tests/integration", "--ignore=./tests/e2e"],
      without: undefined,
    });
    const kind = { args: [], without: undefined };
    expect(selectTests(["tests"], "integration", paths)).toEqual({ ...kind, targets: ["tests/integration"] });
    expect(selectTests(["tests"], "e2e", paths)).toEqual({ ...kind, targets: ["tests/e2e"] });
  });

  it("leaves markers out of the unit tests, and takes them for their kind", () => {
    expect(selectTests(["tests"], "unit", markers)).toEqual({
      targets: ["tests"],
      args: [],
      without: "(integration) or (e2e or slow)",
    });
    expect(selectTests(["tests"], "integration", markers)).toEqual({
      targets: ["tests"],
      args: ["-m", "integration"],
      without: "(e2e or slow)",
    });
  });

  it("takes a test that is of two kinds as an end-to-end test", () => {
    const both: TestKinds = {
      integration: { paths: ["tests/system"] },
      e2e: { paths: ["tests/system/e2e"] },
    };
    expect(selectTests(["tests"], "integration", both)).toMatchObject({
      targets: ["tests/system"],
      args: ["--ignore=./tests/system/e2e"],
    });
    const same: TestKinds = { integration: { paths: ["tests/x"] }, e2e: { paths: ["tests/x"] } };
    expect(selectTests(["tests"], "integration", same).targets).toEqual([]);
  });

  it("knows which of a component's test paths a path holds, and which of the paths are another component's", () => {
    const shared: TestKinds = { integration: { paths: ["integration", "lib/tests/integration"] } };
    const tests = ["tests", "integration/foo"];
    expect(selectTests(tests, "unit", shared)).toMatchObject({ targets: ["tests"], args: [] });
    expect(selectTests(tests, "integration", shared).targets).toEqual(["integration/foo"]);
    expect(selectTests(["tests"], "integration", shared).targets).toEqual([]);
  });
});

it.each([
  [{ paths: [] }],
  [{ marker: " " }],
  [{ marker: "integration", paths: ["tests/integration"] }],
  ["tests/integration"],
])("a selection names paths or a marker, not %j", (value) => {
  expect(testSelection.safeParse(value).success).toBe(false);
});
