import { isBreakage } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import type { RuffCommand } from "../log.ts";
import { type FileSettings, fileSettings } from "./file-settings.ts";

async function settingsFor(
  files: Record<string, string>,
  file: string,
  command: RuffCommand = "check",
): Promise<FileSettings> {
  const { root } = await project(files);
  return fileSettings(root)(command, file);
}

describe("which configuration counts", () => {
  it("is the nearest, and in one folder .ruff.toml before ruff.toml before pyproject.toml", async () => {
    const files = {
      ".ruff.toml": "line-length = 1",
      "ruff.toml": "line-length = 2",
      "src/ruff.toml": "line-length = 3",
      "src/pyproject.toml": "[tool.ruff]\nline-length = 4",
      "src/foo/pyproject.toml": "[project]\nname = 'no settings of ruff'",
      "lib/pyproject.toml": "[tool.ruff]\nline-length = 5",
    };
    const { root } = await project(files);
    const settings = fileSettings(root);
    const lengths = await Promise.all(
      ["a.py", "src/foo/a.py", "lib/x/a.py"].map(
        async (file) => (await settings("check", file)).options["line-length"],
      ),
    );
    expect(lengths).toEqual([1, 3, 5]);
  });

  it("is ruff's defaults where there is none", async () => {
    expect(await settingsFor({ "pyproject.toml": "[project]\nname = 'x'" }, "a.py")).toMatchObject({
      unconfigured: true,
      excluded: false,
    });
  });

  it("inherits by extend: scalars are replaced, extend lists joined, and select starts anew", async () => {
    const base =
      '[lint]\nselect = ["E"]\nextend-select = ["B"]\nignore = ["E501"]\n[lint.pydocstyle]\nconvention = "google"';
    const { options } = await settingsFor(
      {
        "conf/base.toml": `line-length = 100\nindent-width = 2\n${base}`,
        "ruff.toml":
          'extend = "conf/base.toml"\nline-length = 80\n[lint]\nextend-select = ["I"]\nignore = ["E741"]',
        "src/ruff.toml": 'extend = "../ruff.toml"\n[lint]\nselect = ["F"]',
      },
      "a.py",
    );
    expect(options).toMatchObject({
      "line-length": 80,
      "indent-width": 2,
      lint: {
        select: ["E"],
        "extend-select": ["B", "I"],
        ignore: ["E501", "E741"],
        pydocstyle: { convention: "google" },
      },
    });
    expect(options).not.toHaveProperty("extend");
  });

  it.each([
    ["a file outside the repository", { "ruff.toml": 'extend = "../../other.toml"' }],
    ["a missing file", { "ruff.toml": 'extend = "other.toml"' }],
    ["each other", { "ruff.toml": 'extend = "b.toml"', "b.toml": 'extend = "ruff.toml"' }],
  ])("that extends %s is breakage of the kind tool-config", async (_, files) => {
    await expect(settingsFor(files, "a.py")).rejects.toSatisfy(isToolConfig);
  });

  it.each(["[lint", 'exclude = "src"', 'exclude = ["[a"]', '[lint]\nper-file-ignores = {"a.py" = 1}'])(
    "that reads %j is breakage of the kind tool-config",
    async (text) => {
      await expect(settingsFor({ "ruff.toml": text }, "a.py")).rejects.toSatisfy(isToolConfig);
    },
  );
});

describe("the target version", () => {
  it("comes from requires-python of the same or the nearest pyproject.toml, unless it is set", async () => {
    const files = {
      "pyproject.toml": '[project]\nrequires-python = ">=3.9"',
      "a/pyproject.toml": '[project]\nrequires-python = ">=3.11"\n[tool.ruff]',
      "b/ruff.toml": "",
      "c/ruff.toml": 'target-version = "py313"',
    };
    const { root } = await project(files);
    const settings = fileSettings(root);
    const versions = await Promise.all(
      ["x.py", "a/x.py", "b/x.py", "c/x.py"].map(
        async (file) => (await settings("check", file)).options["target-version"],
      ),
    );
    expect(versions).toEqual(["py39", "py311", "py39", "py313"]);
  });

  it("can be set per file", async () => {
    const files = { "ruff.toml": 'target-version = "py39"\n[per-file-target-version]\n"new/*.py" = "py314"' };
    expect((await settingsFor(files, "new/a.py")).options["target-version"]).toBe("py314");
    expect((await settingsFor(files, "old/a.py")).options["target-version"]).toBe("py39");
  });
});

describe("which files are left out", () => {
  const ruff =
    'exclude = ["gen"]\nextend-exclude = ["a_*.py"]\n[lint]\nexclude = ["l.py"]\n[format]\nexclude = ["f.py"]';

  it.each<[string, RuffCommand, boolean]>([
    ["gen/deep/a.py", "check", true],
    ["src/a_b.py", "format", true],
    ["src/dist/a.py", "check", false],
    ["l.py", "check", true],
    ["l.py", "format", false],
    ["f.py", "check", false],
    ["f.py", "format", true],
  ])("%s by %s: %s", async (file, command, excluded) => {
    expect((await settingsFor({ "ruff.toml": ruff }, file, command)).excluded).toBe(excluded);
  });

  it("are ruff's usual folders when exclude is not set", async () => {
    expect((await settingsFor({}, "src/dist/a.py")).excluded).toBe(true);
  });

  it("are those that include does not mean", async () => {
    const files = { "ruff.toml": 'include = ["src/*.py"]\nextend-include = ["x.py"]' };
    expect((await settingsFor(files, "src/foo/a.py")).excluded).toBe(false);
    expect((await settingsFor(files, "lib/x.py")).excluded).toBe(false);
    expect((await settingsFor(files, "lib/a.py")).excluded).toBe(true);
  });
});

describe("rules that are ignored per file", () => {
  const ruff = [
    "[lint.per-file-ignores]",
    '"__init__.py" = ["F401"]',
    '"tests/**" = ["S", "D"]',
    '"!src/*" = ["T20"]',
    "[lint.extend-per-file-ignores]",
    '"tests/*" = ["ANN"]',
  ].join("\n");

  it.each([
    ["src/__init__.py", ["F401"]],
    ["tests/deep/__init__.py", ["F401", "S", "D", "T20", "ANN"]],
    ["src/a.py", []],
    ["lib/a.py", ["T20"]],
  ])("%s: %j", async (file, codes) => {
    const { options } = await settingsFor({ "ruff.toml": ruff }, file);
    expect(options["lint"]).toMatchObject({ "per-file-ignores": { "*": codes } });
  });
});

it("modules of the source folders are first-party, as the engine cannot see them", async () => {
  const files = {
    "ruff.toml": "",
    "src/foo/__init__.py": "",
    "src/bar.py": "",
    "src/not-a-module/x.py": "",
    "other/x.py": "",
  };
  const { options } = await settingsFor(files, "src/foo/__init__.py");
  expect(options["lint"]).toMatchObject({ isort: { "known-first-party": ["bar", "foo", "other", "src"] } });
});

function isToolConfig(error: unknown): boolean {
  return isBreakage(error) && error.kind === "tool-config";
}
