import { describe, expect, it } from "vitest";
import { recorded, versions } from "../test/recorded.ts";
import { startFailure } from "./start-failure.ts";

const own = new Set(["foo"]);

describe.each(versions)("%s that does not begin", (version) => {
  it("names the error of a conftest", () => {
    const { code, output } = recorded(version, "conftest-error");
    expect(startFailure(code, output, own)).toMatchObject({
      kind: "tool-config",
      message: "pytest ended with 4 before it began: ZeroDivisionError: division by zero",
    });
  });

  it("names an unknown option of the project", () => {
    const { code, output } = recorded(version, "unknown-option");
    expect(startFailure(code, output, own)).toMatchObject({
      kind: "tool-config",
      message: expect.stringContaining("unrecognized arguments: --no-such-option"),
    });
  });
});

describe("startFailure", () => {
  it("asks for pytest-cov when pytest does not know --cov", () => {
    const { code, output } = recorded("pytest-9.2.0", "no-pytest-cov");
    expect(startFailure(code, output, own)).toMatchObject({
      kind: "tool-missing",
      details: { fix: ["python -m pip install pytest-cov", expect.any(String)] },
    });
  });

  it("asks for pytest when the interpreter has none", () => {
    const failure = startFailure(1, "/python/bin/python: No module named pytest\n", own);
    expect(failure).toMatchObject({
      kind: "tool-missing",
      message: expect.stringContaining("pytest is not installed"),
    });
  });

  it.each([
    ["foo", "the tests cannot import `foo`"],
    ["requests", "No module named 'requests'"],
  ])("is the environment's fault when a conftest cannot import %s", (module, words) => {
    const output = `ImportError while loading conftest '/repo/tests/conftest.py'.\nE   ModuleNotFoundError: No module named '${module}'\n`;
    expect(startFailure(4, output, own)).toMatchObject({
      kind: "environment",
      message: expect.stringContaining(words),
    });
  });

  it("is a crash when the exit code is none of pytest's for usage", () => {
    expect(startFailure(70, "", own)).toMatchObject({
      kind: "tool-crash",
      message: expect.stringContaining("it wrote nothing"),
    });
  });
});
