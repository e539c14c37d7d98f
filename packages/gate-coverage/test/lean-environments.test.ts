import { expect, it } from "vitest";
import { envWithout } from "./env-without.ts";
import { check, settings, source, verdicts } from "./live.ts";

const passing = {
  ...source,
  ...settings(),
  "tests/test_foo.py": "from foo import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
};
const withPython = (python: string) => ({ components: [{ python }] });

it("without pytest-cov coverage.py measures around pytest, with the same figure", async () => {
  const python = await envWithout(/^pytest_cov/);
  const files = { ...passing, "src/foo/never.py": "A = 1\nB = 2\nC = 3\nD = 4\n" };
  for (const metric of ["statement", "branch"] as const) {
    const lean = await check(files, { ...withPython(python), options: { metric } });
    const full = await check(files, { options: { metric } });
    expect(lean.coverage.measurements).toEqual(full.coverage.measurements);
    expect(verdicts(lean)).toEqual(verdicts(full));
  }
});

it("without pytest-cov the workers of xdist cannot be measured, and that is said", async () => {
  const python = await envWithout(/^pytest_cov/);
  const results = await check({ ...passing, ...settings("-n2") }, withPython(python));
  expect(verdicts(results)).toEqual(["passed", "errored environment", "passed"]);
  expect(results.coverage.error?.fix).toEqual(["python -m pip install pytest-cov"]);
});

it("without anything that measures the tests are judged all the same", async () => {
  const python = await envWithout(/^(pytest_cov|coverage)/);
  const results = await check(passing, withPython(python));
  expect(verdicts(results)).toEqual(["passed", "errored tool-missing", "passed"]);
});

it("without pytest all three gates ask for it", async () => {
  const python = await envWithout(/^_?pytest/);
  const results = await check(passing, withPython(python));
  expect(verdicts(results)).toEqual(["errored tool-missing", "errored tool-missing", "errored tool-missing"]);
  expect(results.tests.error?.fix).toEqual(["python -m pip install pytest pytest-cov"]);
});
