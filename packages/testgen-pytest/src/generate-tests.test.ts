import { execFile } from "node:child_process";
import { readdir, readFile, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GeneratedTests } from "@towpath/core";
import { project, pythonEnv, type Project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { generate, tryGenerate } from "../test/generate.ts";
import { implementation, shelf } from "../test/shelf.ts";
import { example, requirement, specOf } from "../test/spec-of.ts";

const limit = 120_000;
/** Without scenarios and properties, whose libraries take most of the time. */
const plain = {
  ...shelf,
  requirements: shelf.requirements.filter(({ id }) => id === "FR-1" || id === "FR-2"),
  scenarios: [],
};
const empty = (): Promise<Project> => project({ "README.md": "" }, { git: true });
const states = ({ files }: GeneratedTests): Record<string, string> =>
  Object.fromEntries(files.map(({ path, state }) => [path.replace("tests/spec/", ""), state]));

async function contents(root: string): Promise<Record<string, string>> {
  const folder = join(root, "tests/spec");
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

describe("the generator", () => {
  it(
    "makes tests of every tier that are all red where there is no code, and the same bytes again",
    async () => {
      const { root } = await empty();
      const first = await generate({ spec: shelf, root });
      expect(new Set(first.tests.map(({ tier }) => tier))).toEqual(new Set(["T0", "T1", "T2", "T3"]));
      expect(first.red).toEqual(first.tests.map(({ id }) => id));
      expect(first.vacuous).toEqual([]);
      expect(first.uncovered).toEqual([]);
      expect(first.files.filter(({ open }) => open).map(({ path }) => path)).toEqual([
        "tests/spec/foo_steps.py",
      ]);
      const before = await contents(root);
      const second = await generate({ spec: shelf, root });
      expect(new Set(second.files.map(({ state }) => state))).toEqual(new Set(["unchanged"]));
      expect(await contents(root)).toEqual(before);
      const other = await empty();
      await generate({ spec: shelf, root: other.root });
      expect(await contents(other.root)).toEqual(before);
      // What nobody may edit must satisfy a linter and a formatter as it is; so do the steps, before they are filled in.
      const ruff = join((await pythonEnv("python-scenarios")).bin, "ruff");
      await promisify(execFile)(ruff, ["check", "--isolated", "--no-cache", "tests"], { cwd: root });
      await promisify(execFile)(ruff, ["format", "--isolated", "--no-cache", "--check", "tests"], {
        cwd: root,
      });
    },
    limit,
  );

  it(
    "calls nothing red that passes on the code as it is",
    async () => {
      const { root } = await project({ "src/foo/__init__.py": implementation });
      const { red, tests } = await generate({ spec: shelf, root });
      const open = tests.filter(({ tier }) => tier === "T2").map(({ id }) => id);
      expect(red).toEqual(open);
    },
    limit,
  );

  it(
    "finds the code in modules of the package, and in a file that is the whole component",
    async () => {
      const inside = await project({ "src/foo/__init__.py": "", "src/foo/inner.py": implementation });
      const alone = await project({ "lib/foo.py": implementation });
      for (const [{ root }, source] of [
        [inside, "src/foo"],
        [alone, "lib/foo.py"],
      ] as const) {
        const { red, tests } = await generate({ spec: plain, root, component: { source: [source] } });
        expect(red).toEqual([]);
        expect(tests.length).toBeGreaterThan(10);
      }
    },
    limit,
  );

  it(
    "keeps no test that an implementation which does nothing passes, and says which requirement then has none",
    async () => {
      const spec = specOf({
        requirements: [requirement("FR-1"), requirement("FR-2")],
        apiBlocks: shelf.apiBlocks,
        examples: [
          example("join(1, 2) == join(1, 2)", "True", { requirements: ["FR-1"] }),
          example("join(1, 2)", "3", { requirements: ["FR-2"] }),
        ],
      });
      const { root } = await empty();
      const made = await generate({ spec, root });
      expect(made.vacuous).toEqual([
        {
          id: "tests/spec/test_foo_examples.py::test_join",
          reason: "it passes where every function returns the same meaningless object",
        },
      ]);
      expect(made.tests.map(({ id }) => id)).toContain("tests/spec/test_foo_examples.py::test_join_2");
      expect(made.uncovered.map(({ requirement: id }) => id)).toEqual(["FR-1"]);
      expect((await contents(root))["test_foo_examples.py"]).not.toContain("def test_join()");
    },
    limit,
  );

  it(
    "takes an error that says nothing was written for no answer, where a broad one is expected",
    async () => {
      const spec = specOf({
        apiBlocks: shelf.apiBlocks,
        examples: [
          {
            setup: [],
            expression: "join(1, 2)",
            expected: { kind: "raises", exception: "RuntimeError" },
            requirements: [],
            at: { file: "specs/foo.md", line: 1, column: 1, endColumn: 2 },
          },
        ],
      });
      const made = await generate({ spec, root: (await empty()).root });
      expect(made.vacuous).toEqual([]);
      expect(made.tests.map(({ tier }) => tier)).toContain("T1");
    },
    limit,
  );

  it(
    "leaves edited files alone, writes the others anew, and takes away what no longer comes from the specification",
    async () => {
      const { root } = await empty();
      await generate({ spec: shelf, root });
      const examples = join(root, "tests/spec/test_foo_examples.py");
      const edited = `${await readFile(examples, "utf8")}\n# mine\n`;
      await writeFile(examples, edited);
      const steps = join(root, "tests/spec/foo_steps.py");
      await writeFile(steps, (await readFile(steps, "utf8")).replace("pytest.fail", "print"));
      const changed = {
        ...shelf,
        requirements: shelf.requirements.filter(({ id }) => id !== "FR-3" && id !== "FR-4"),
      };
      const made = await generate({ spec: changed, root });
      expect(states(made)).toMatchObject({
        "test_foo_examples.py": "kept",
        "foo_steps.py": "kept",
        "test_foo_contract.py": "written",
      });
      expect(await readFile(examples, "utf8")).toBe(edited);
      expect(Object.keys(await contents(root))).not.toContain("test_foo_properties.py");
      const nothing = await generate({ spec: specOf(), root });
      expect(nothing.tests).toEqual([]);
      expect(Object.keys(await contents(root)).filter((name) => !name.startsWith("__"))).toEqual([
        "conftest.py",
        "foo_steps.py",
        "test_foo_examples.py",
      ]);
      await Promise.all([unlink(examples), unlink(steps)]);
      await generate({ spec: specOf(), root });
      expect(Object.keys(await contents(root)).filter((name) => !name.startsWith("__"))).toEqual([]);
    },
    limit,
  );

  it(
    "touches no file of others, nor of another component that shares the folder",
    async () => {
      const { root, write } = await empty();
      await write("tests/spec/test_foo_contract.py", "# mine\n");
      await generate({ spec: plain, root, component: { name: "other", source: ["src/other"] } });
      const made = await generate({ spec: plain, root });
      expect(states(made)["test_foo_contract.py"]).toBe("kept");
      expect(states(made)["conftest.py"]).toBe("unchanged");
      await generate({ spec: specOf(), root });
      expect(Object.keys(await contents(root))).toContain("test_other_contract.py");
      expect((await contents(root))["test_foo_contract.py"]).toBe("# mine\n");
    },
    limit,
  );

  it(
    "breaks without a folder of tests, where the folder leads elsewhere, and in a tree that is not trusted",
    async () => {
      const { root, write } = await empty();
      const kindOf = async (setup: Partial<Parameters<typeof tryGenerate>[0]>): Promise<string | undefined> =>
        (await tryGenerate({ spec: plain, root, ...setup })).result.error?.kind;
      expect(await kindOf({ component: { tests: [] } })).toBe("no-input");
      expect(await kindOf({ component: { tests: ["tests/test_foo.py"] } })).toBe("no-input");
      expect(await kindOf({ component: { source: ["."] } })).toBe("no-input");
      expect(await kindOf({ trusted: false })).toBe("untrusted");
      await write("tests/README.md", "");
      await write("elsewhere/README.md", "");
      await symlink(join(root, "elsewhere"), join(root, "tests/spec"));
      expect(await kindOf({})).toBe("no-input");
      expect(await readdir(join(root, "elsewhere"))).toEqual(["README.md"]);
    },
    limit,
  );

  it(
    "says broken, not red, when pytest cannot run",
    async () => {
      const broken = await project({ "tests/conftest.py": "import nowhere_at_all\n" });
      const conftest = await tryGenerate({ spec: plain, root: broken.root });
      expect(conftest.result.error?.kind).toBe("tool-config");
      const settings = await project({ "pytest.ini": "[pytest]\naddopts = --no-such-option\n" });
      expect((await tryGenerate({ spec: plain, root: settings.root })).result.error?.kind).toBe(
        "tool-config",
      );
      const none = await project({ "pytest.ini": "[pytest]\naddopts = --collect-only\n" });
      expect((await tryGenerate({ spec: plain, root: none.root })).result.verdict).toBe("errored");
    },
    limit,
  );

  it(
    "has no tests without pytest",
    async () => {
      const { root } = await empty();
      const bare = join((await project({})).root, "bare");
      await promisify(execFile)((await pythonEnv("python-scenarios")).python, [
        "-m",
        "venv",
        "--without-pip",
        bare,
      ]);
      const { result } = await tryGenerate({
        spec: shelf,
        root,
        component: { python: join(bare, "bin/python") },
      });
      expect(result.error?.kind).toBe("tool-missing");
      expect(await readdir(root)).not.toContain("tests");
    },
    limit,
  );

  it(
    "runs nothing of a specification that is up to no good, on nothing or on code that has the means",
    async () => {
      const { root, write } = await empty();
      const canary = join(root, "canary");
      const touch = `__import__("pathlib").Path(${JSON.stringify(canary)}).touch()`;
      const steal = {
        setup: [],
        requirements: [],
        at: { file: "specs/foo.md", line: 1, column: 1, endColumn: 2 },
      };
      const spec = specOf({
        requirements: [requirement("FR-1", { text: `"""\n${touch}\n""" \`f()\`` })],
        apiBlocks: [
          {
            text: `os: object\nsystem: object\nclass A:\n    def system(self, x): ...\n@${touch}\ndef f(a=${touch}) -> "${touch.replaceAll('"', "'")}":\n    ${touch}\n${touch}\n`,
            at: steal.at,
          },
        ],
        examples: [
          { ...steal, expression: touch, expected: { kind: "value", source: "1" } },
          { ...steal, expression: "f()", expected: { kind: "value", source: touch } },
          { ...steal, setup: [touch], expression: "f()", expected: { kind: "value", source: "1" } },
          { ...steal, expression: `os.system('touch ${canary}')`, expected: { kind: "value", source: "0" } },
          { ...steal, expression: `system('touch ${canary}')`, expected: { kind: "value", source: "0" } },
        ],
      });
      await write("src/foo/__init__.py", "import os\nfrom os import system\n\ndef f(a=1):\n    return 2\n");
      const made = await generate({ spec, root });
      expect(made.tests.map(({ tier }) => tier)).toContain("T1");
      expect(await readdir(root)).not.toContain("canary");
    },
    limit,
  );

  it(
    "runs under strict markers without the plugin of Towpath",
    async () => {
      const { root } = await project({
        "pytest.ini": "[pytest]\naddopts = --strict-markers --strict-config\n",
        "src/foo/__init__.py": implementation,
      });
      const { red, tests } = await generate({ spec: shelf, root });
      expect(tests.length - red.length).toBeGreaterThan(10);
    },
    limit,
  );
});
