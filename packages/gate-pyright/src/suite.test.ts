import { gateSuite, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import pyright from "./index.ts";

const clean = { "src/foo/a.py": "def double(x: int) -> int:\n    return 2 * x\n" };

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: pyright,
    cases: [
      {
        gate: "types",
        plugin: () => pyright(),
        env: async () => (await pythonEnv()).env,
        // The look-up of Python remembers its version there.
        writes: [".towpath/cache"],
        clean,
        dirty: {
          files: { ...clean, "src/foo/b.py": 'name: int = "foo"\n' },
          file: "src/foo/b.py",
          line: 1,
        },
      },
    ],
  },
);
