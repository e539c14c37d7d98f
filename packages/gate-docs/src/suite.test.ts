import { gateSuite, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import docs from "./index.ts";

const clean = {
  "README.md": "# Foo\n\nIt doubles.\n\n```python\nfrom foo.a import double\n```\n",
  "src/foo/__init__.py": '"""Doubles."""\n',
  "src/foo/a.py": '"""Doubling."""\n\n\ndef double(x):\n    """Twice x."""\n    return 2 * x\n',
};
const undescribed = '"""Doubling."""\n\n\ndef double(x):\n    return 2 * x\n\n\nclass Half:\n    pass\n';
const env = async (): Promise<Readonly<Record<string, string | undefined>>> => (await pythonEnv()).env;
// The versions of tools are remembered there.
const writes = [".towpath/cache"];

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: docs,
    cases: [
      {
        gate: "docs",
        plugin: () => docs(),
        target: "staging",
        env,
        writes,
        clean,
        dirty: { files: { ...clean, "src/foo/a.py": undescribed }, file: "src/foo/a.py", line: 4 },
      },
      {
        gate: "docs",
        plugin: () => docs({ docstrings: { dev: 0 } }),
        env,
        writes,
        clean,
        dirty: { files: { ...clean, "README.md": "# Foo\n" }, file: "README.md", line: 1 },
        off: { "moved lines": "the finding is about the whole file" },
      },
    ],
  },
);
