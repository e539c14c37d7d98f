import { gateSuite, pythonEnv } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, spec as component } from "../test/sample.ts";
import spec from "./index.ts";

const lonely = String(clean["specs/foo.md"]).replace("- [ ] A stored book is counted.", "It counts.");
const forbidden = String(clean["specs/foo.md"]).replace(
  "## API",
  "#### FR-2: A book MUST NOT be counted\n\n- [ ] no\n\n## API",
);
const changed = String(clean["src/foo/shelf.py"]).replace("isbn: str", "title: str");

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: spec,
    cases: [
      {
        gate: "spec",
        plugin: () => spec(),
        component,
        clean,
        dirty: { files: { ...clean, "specs/foo.md": lonely }, file: "specs/foo.md", line: 5 },
        off: { processes: "the parser is built in" },
      },
      {
        gate: "conflicts",
        plugin: () => spec(),
        component,
        // A change of the specification would count twice: as the component's, and as a document of the project.
        clean: { "src/foo/__init__.py": "", ...clean },
        dirty: { files: { ...clean, "specs/foo.md": forbidden }, file: "specs/foo.md", line: 5 },
        off: { processes: "the parser is built in" },
      },
      {
        gate: "api",
        plugin: () => spec(),
        component,
        clean,
        dirty: { files: { ...clean, "src/foo/shelf.py": changed }, file: "specs/foo.md", line: 19 },
        env: async () => (await pythonEnv()).env,
        // The versions of tools are remembered there.
        writes: [".towpath/cache"],
      },
    ],
  },
);
