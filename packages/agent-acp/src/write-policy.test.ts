import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundsOf, refusalOf } from "./write-policy.ts";

const existing = [
  "src/foo/a.py",
  "src/foo/made.py",
  "src/foo/test_inner.py",
  "tests/test_a.py",
  "tests/steps.py",
  "README.md",
];
const component = { name: "foo", source: ["./src/foo/"], tests: ["tests"], spec: "specs/foo.md" };
const bounds = boundsOf(
  { readOnly: ["src/foo/made.py"], open: ["tests/steps.py", "tests/conftest.py"] },
  component,
  existing,
);
const ruleOf = (path: string): string | undefined => refusalOf(path, bounds)?.rule;

describe("where an agent may write", () => {
  it.each([
    ["src/foo/a.py", undefined],
    ["src/foo/new/b.py", undefined],
    ["src/foo/data.json", undefined],
    ["tests/test_b.py", undefined],
    ["tests/deep/test_c.py", undefined],
    ["tests/steps.py", undefined],
    ["src/foo/made.py", "read-only"],
    ["src/foo/test_inner.py", "read-only"],
    ["tests/test_a.py", "read-only"],
    ["README.md", "outside"],
    ["src/foobar/a.py", "outside"],
    ["src/foo.py", "outside"],
    ["specs/foo.md", "specification"],
    ["tests/conftest.py", "configuration"],
    ["src/foo/conftest.py", "configuration"],
    ["src/foo/Conftest.py", "configuration"],
    ["src/foo/pyproject.toml", "configuration"],
    ["src/foo/setup.cfg", "configuration"],
    ["src/foo/.github/workflows/ci.yml", "configuration"],
    ["src/foo/.gitignore", "configuration"],
    ["src/foo/.ignore", "configuration"],
    ["src/foo/.coveragerc", "configuration"],
    ["src/foo/.ruff.toml", "configuration"],
    ["tests/deep/.pytest.ini", "configuration"],
    ["src/foo/.semgrepignore", "configuration"],
    ["src/foo/new/.gitkeep", undefined],
    ["src/foo/towpath.config.yaml", "configuration"],
    ["src/foo/ruff-baseline.json", "configuration"],
    ["src/foo/.secrets.baseline", "configuration"],
    ["src/foo/evil.pth", "configuration"],
    ["src/foo/sitecustomize.py", "configuration"],
    ["tests/foo.py", "shadow"],
    ["tests/foo/__init__.py", "shadow"],
    ["tests/pytest.py", "shadow"],
    ["src/foo/coverage/__init__.py", "shadow"],
  ])("%s: %s", (path, rule) => {
    expect(ruleOf(path)).toBe(rule);
  });

  it("property: nothing outside of source and tests is ever allowed but what is open", () => {
    const name = fc.constantFrom("src", "foo", "tests", "a.py", "conftest.py", "..", "x", "foo2");
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = parts.join("/");
        if (/^(?:src\/foo|tests)\//.test(path) || path === "src/foo" || path === "tests") return;
        expect(ruleOf(path)).toBeDefined();
      }),
    );
  });

  it("a package may have modules by any name: they are not imported by it alone", () => {
    const inside = boundsOf({ readOnly: [], open: [] }, component, [...existing, "src/foo/__init__.py"]);
    expect(refusalOf("src/foo/coverage.py", inside)).toBeUndefined();
    expect(refusalOf("tests/coverage.py", inside)?.rule).toBe("shadow");
  });

  it("a component that is the whole repository has bounds, too", () => {
    const whole = boundsOf({ readOnly: [], open: [] }, { ...component, source: ["."] }, existing);
    expect(refusalOf("README.md", whole)).toBeUndefined();
    expect(refusalOf("pyproject.toml", whole)?.rule).toBe("configuration");
    expect(refusalOf("tests/test_a.py", whole)?.rule).toBe("read-only");
    expect(refusalOf("specs/foo.md", whole)?.rule).toBe("specification");
  });
});
