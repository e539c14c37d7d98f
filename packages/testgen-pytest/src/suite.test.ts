import { gateSuite, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { requirement, specOf } from "../test/spec-of.ts";
import { specFile, withArtifacts } from "../test/with-artifacts.ts";
import testgen from "./index.ts";

const spec = specOf({
  requirements: [requirement("FR-1", { title: "Adding", text: "`add` MUST add.", modal: "must" })],
  apiBlocks: [
    { text: "def add(a: int, b: int) -> int: ...", at: { file: specFile, line: 1, column: 1, endColumn: 2 } },
  ],
});
const test = (body: string): string =>
  `import pytest\n\nfrom foo import add\n\n\n@pytest.mark.spec("FR-1")\ndef test_add():\n    ${body}\n`;
const files = {
  [specFile]: JSON.stringify(spec),
  "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = "--strict-markers"\n',
  "src/foo/__init__.py": "def add(a, b):\n    return a + b\n",
};
const run = (outcome: string): string =>
  JSON.stringify([
    {
      nodeid: "tests/test_foo.py::test_add",
      outcome,
      rerun: false,
      expectedFailure: false,
      file: "tests/test_foo.py",
      line: 6,
      spec: ["FR-1"],
    },
  ]);
const clean = { ...files, "tests/test_foo.py": test("assert add(1, 2) == 3") };
const vacuous = { ...files, "tests/test_foo.py": test("assert add is not None") };

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: testgen,
    cases: [
      {
        gate: "proof",
        plugin: () => withArtifacts(testgen()),
        clean,
        dirty: { files: vacuous, file: "tests/test_foo.py", line: 6 },
        env: async () => (await pythonEnv("python-scenarios")).env,
        writes: [".towpath/cache"],
      },
      {
        gate: "trace",
        plugin: () => withArtifacts(testgen()),
        component: { spec: specFile },
        target: "production",
        clean: { ...clean, "run.json": run("passed") },
        dirty: { files: { ...clean, "run.json": run("failed") }, file: "specs/foo.md", line: 1 },
        off: {
          processes: "it reads the run that others made",
          "moved lines": "the line is the one that the reader of the specification states",
        },
      },
    ],
  },
);
