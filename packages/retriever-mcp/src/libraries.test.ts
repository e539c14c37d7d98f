import { project } from "@towpath/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contextFor } from "../test/testing.ts";
import { librariesOf, type Library } from "./libraries.ts";

async function found(files: Readonly<Record<string, string>>): Promise<readonly Library[]> {
  const { root } = await project(files);
  return librariesOf(await contextFor(root));
}

const code = {
  "src/shelf/a.py": "import httpx, os\nfrom sklearn.svm import SVC\nfrom yaml import safe_load as load\n",
};

describe("librariesOf", () => {
  it.each([
    [
      "pyproject.toml",
      '[project]\ndependencies = [\n  "httpx[http2]>=0.27", # a ] in words\n  \'Scikit_Learn~=1.5; python_version > "3.9"\',\n  "PyYAML"]\nname = "x"\n',
    ],
    [
      "pyproject.toml",
      '[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "^0.27"\nscikit-learn = {version = "1"}\npyyaml = "*"\n',
    ],
    ["requirements-dev.txt", "# all\n-r other.txt\nhttpx==0.27\nscikit-learn>=1 # x\npyyaml\n"],
  ])("finds what %s declares and the component imports, with what it takes", async (file, text) => {
    const libraries = await found({ ...code, [file]: text });
    expect(
      libraries.map(({ name, imported }) => [name.toLowerCase().replace("_", "-"), imported]).toSorted(),
    ).toEqual([
      ["httpx", []],
      ["pyyaml", ["safe_load"]],
      ["scikit-learn", ["SVC"]],
    ]);
  });

  it.each([
    ["is not declared", "[project]\ndependencies = []\n"],
    [
      "is declared elsewhere",
      '[build-system]\nrequires = ["httpx"]\n[project.optional-dependencies]\nx = ["httpx"]\n',
    ],
    ["comes from an address", '[project]\ndependencies = ["httpx @ git+https://git.example.org/httpx"]\n'],
    ...[
      'httpx = { path = "../httpx" }',
      'HTTPX.git = "https://git.example.org/httpx"',
      '"httpx" = [\n  { index = "house" },\n]',
    ].map((line) => [
      `uv has from elsewhere: ${line}`,
      `[tool.uv.sources]\n${line}\n[project]\ndependencies = ["httpx"]\n`,
    ]),
    [
      "uv has from elsewhere",
      '[project]\ndependencies = ["httpx"]\n[tool.uv.sources.httpx]\nindex = "house"\n',
    ],
    [
      "comes from an index of the house",
      '[tool.poetry.dependencies]\nhttpx = {version = "1", source = "house"}\n',
    ],
    ["comes from a path", '[tool.poetry.dependencies]\nhttpx = {path = "../httpx"}\n'],
  ])("does not tell of a library that %s", async (_, text) => {
    expect(await found({ ...code, "pyproject.toml": text })).toEqual([]);
  });

  it("does not tell of what the repository holds, nor of what only other components import", async () => {
    const files = {
      "requirements.txt": "httpx\nsecretlib\nflask\n",
      "src/shelf/a.py": "import httpx\nimport secretlib\n",
      "libs/secretlib/__init__.py": "",
      "src/other/a.py": "import flask\n",
    };
    expect((await found(files)).map(({ name }) => name)).toEqual(["httpx"]);
  });

  it("reads only what is declared above the component", async () => {
    const files = { "src/shelf/a.py": "import httpx\n", "src/other/requirements.txt": "httpx\n" };
    expect(await found(files)).toEqual([]);
    expect(await found({ ...files, "src/requirements.txt": "httpx\n" })).toHaveLength(1);
  });

  it("gives an answer for whatever the files hold", async () => {
    const { root, write } = await project(code);
    const ctx = await contextFor(root);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("from a import (", "[project]\ndependencies = [", "import "),
        async (text, start) => {
          await write("pyproject.toml", `${start}${text}`);
          await write("src/shelf/b.py", `${start}${text}`);
          await librariesOf(ctx);
        },
      ),
      { numRuns: 50 },
    );
  });
});
