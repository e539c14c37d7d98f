import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gateSuite, pythonEnv, type GateCase } from "@towpath/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { deployedAt } from "../test/deployed.ts";
import coverage from "./index.ts";

const project = {
  "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
  "src/foo/__init__.py": "def add(a, b):\n    if a > 100:\n        return 0\n    return a + b\n",
};
const test = (body: string): string => `import pathlib\n\nfrom foo import add\n\n\ndef test_add():\n${body}`;
const clean = { ...project, "tests/test_foo.py": test("    assert add(1, 2) == 3\n") };
const wrong = { ...project, "tests/test_foo.py": test("    assert add(1, 2) == 4\n") };
const untested = { ...project, "tests/test_foo.py": "import foo\n\n\ndef test_foo():\n    assert foo\n" };
const passesLater = test(
  '    seen = pathlib.Path("seen")\n    first = not seen.exists()\n    seen.touch()\n    assert not first\n',
);
const flaky = { ...project, "tests/test_foo.py": passesLater };
const asIntegration = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.replace("tests/", "tests/integration/"), text]),
  );
const common = {
  plugin: () => coverage(),
  env: async () => (await pythonEnv()).env,
  clean,
};

const server = createServer((_, response) => response.end("3"));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => void server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const asks = (answer: string): string =>
  `import os\nimport urllib.request\n\n\ndef test_asks():\n    assert urllib.request.urlopen(os.environ["TOWPATH_URL"]).read() == b"${answer}"\n`;

function deployedCase(kind: "integration" | "e2e"): GateCase {
  const file = `tests/${kind}/test_foo.py`;
  return {
    ...common,
    gate: kind,
    plugin: () => coverage({ [kind]: { paths: [`tests/${kind}`] } }),
    target: "production",
    journal: () => deployedAt(url),
    clean: { ...project, [file]: asks("3") },
    dirty: { files: { ...project, [file]: asks("4") }, file, line: 5 },
  };
}

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: coverage,
    cases: [
      { ...common, gate: "tests", dirty: { files: wrong, file: "tests/test_foo.py", line: 6 } },
      { ...common, gate: "coverage", dirty: { files: untested, file: "src/foo/__init__.py", line: 2 } },
      {
        ...common,
        gate: "flaky",
        dirty: { files: flaky, file: "tests/test_foo.py", line: 6 },
        writes: ["seen"],
      },
      {
        ...common,
        gate: "integration-coverage",
        plugin: () =>
          coverage({
            integration: { paths: ["tests/integration"] },
            integrationCoverage: { production: 70 },
          }),
        clean: asIntegration(clean),
        dirty: { files: asIntegration(untested), file: "src/foo/__init__.py", line: 2 },
      },
      deployedCase("integration"),
      deployedCase("e2e"),
    ],
  },
);
