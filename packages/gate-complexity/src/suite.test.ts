import { gateSuite, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import complexity from "./index.ts";

const clean = { "src/foo/a.py": "def double(x):\n    return 2 * x\n" };
const branches = Array.from({ length: 14 }, (_, index) => `    if x == ${index}:\n        return ${index}\n`);
const dirty = {
  files: { ...clean, "src/foo/b.py": `def tangled(x):\n${branches.join("")}` },
  file: "src/foo/b.py",
  line: 1,
};

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: complexity,
    cases: [
      {
        gate: "complexity",
        plugin: () => complexity({ engine: "radon" }),
        env: async () => (await pythonEnv()).env,
        clean,
        dirty,
      },
      {
        gate: "complexity",
        plugin: () => complexity({ engine: "c901" }),
        clean,
        dirty,
        off: { processes: "the embedded engine is no process" },
      },
    ],
  },
);
