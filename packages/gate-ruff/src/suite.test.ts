import { gateSuite, pythonEnv, type GateCase } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, dirty } from "../test/sample.ts";
import ruff from "./index.ts";

const env: GateCase["env"] = async () => (await pythonEnv()).env;
const embedded = { processes: "the embedded engine is no process" };

const lint = { gate: "lint", clean, dirty: { files: dirty, file: "src/foo/dirty.py", line: 1 } } as const;
const format = {
  gate: "format",
  clean,
  dirty: { files: { ...clean, "src/foo/names.py": 'name="foo"\n' }, file: "src/foo/names.py", line: 1 },
} as const;

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: ruff,
    cases: [
      { ...lint, plugin: () => ruff({ engine: "native" }), env },
      { ...format, plugin: () => ruff({ engine: "native" }), env },
      { ...lint, plugin: () => ruff({ engine: "wasm" }), off: embedded },
      { ...format, plugin: () => ruff({ engine: "wasm" }), off: embedded },
    ],
  },
);
