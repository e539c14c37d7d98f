import { describe, expect, it } from "vitest";
import { logOf, recorded, versions } from "../test/recorded.ts";
import { parsePytestLog } from "./pytest-log.ts";

const outcomes = recorded("pytest-9.2.0", "outcomes").log ?? "";

describe.each(versions)("the log of %s", (version) => {
  it("says which run it is of", () => {
    const { start } = logOf(version, "passes");
    expect(start).toMatchObject({
      pytest: version.replace("pytest-", ""),
      root: "/repo",
      config: "/repo/pyproject.toml",
    });
    expect(start.plugins).toEqual(expect.arrayContaining(["pytest_cov", "rerunfailures", "xdist"]));
  });

  it("counts what was collected and says how the session ended", () => {
    expect(logOf(version, "outcomes").finish).toEqual({ exit: 1, collected: 12, bent: [] });
  });

  it("has no finish when a test ended the process", () => {
    const log = logOf(version, "os-exit");
    expect(log.finish).toBeUndefined();
    expect(log.begun.at(-1)).toBe("tests/test_a.py::test_b");
  });

  it("keeps the end of a collection error, where the reason stands", () => {
    const [error] = logOf(version, "collect-error").collectErrors;
    expect(error?.message).toMatch(/No module named 'no_such_module'$/);
  });

  it("names the worker of each test under xdist, and the same tests as without", () => {
    const tests = logOf(version, "outcomes-xdist").tests;
    expect(tests.every((test) => test.worker?.startsWith("gw"))).toBe(true);
    expect(new Set(tests.map((test) => test.nodeid))).toEqual(
      new Set(logOf(version, "outcomes").tests.map((test) => test.nodeid)),
    );
  });

  it("carries the requirements that a test proves, through workers too", () => {
    for (const name of ["outcomes", "outcomes-xdist"]) {
      const test = logOf(version, name).tests.find((line) => line.nodeid.endsWith("test_passes"));
      expect(test?.spec).toEqual(["FR-1", "FR-2"]);
    }
  });
});

describe("parsePytestLog", () => {
  it("leaves out a last line that was cut off", () => {
    const cut = parsePytestLog(outcomes.slice(0, -10));
    expect(cut.finish).toBeUndefined();
    expect(cut.tests).toEqual(parsePytestLog(outcomes).tests);
  });

  it.each([
    ["an empty file", ""],
    ["no start", outcomes.slice(outcomes.indexOf("\n") + 1)],
    ["two starts", outcomes.slice(0, outcomes.indexOf("\n") + 1) + outcomes],
    ["a record after the finish", outcomes + outcomes.split("\n")[1] + "\n"],
    ["a record of an unknown kind", outcomes.replace('"t": "begin"', '"t": "other"')],
    ["an unknown outcome", outcomes.replace('"outcome": "failed"', '"outcome": "fine"')],
    ["a log of another version", outcomes.replace('"v": 1', '"v": 2')],
    ["a cut line in the middle", outcomes.replace("}\n", "\n")],
    ["two records on one line", outcomes.replace("}\n", "}")],
  ])("refuses %s", (_, text) => {
    expect(() => parsePytestLog(text)).toThrow(expect.objectContaining({ kind: "parse" }));
  });
});
