import { expect, it } from "vitest";
import { readReadme } from "./readme.ts";

const fence = "```";

it("finds the code blocks of Markdown, and which of them are Python", () => {
  const text = [
    "# Foo",
    "",
    "It counts.",
    `${fence}console`,
    "$ pip install foo",
    fence,
    "~~~~ {.python}",
    "~~~",
    "import foo",
    "~~~~",
    `- ${"in a list:"}`,
    `  ${fence}py title="x"`,
    "  import foo",
    `  ${fence}`,
    fence,
    ">>> import foo",
    fence,
  ].join("\n");
  expect(readReadme(text, "README.md")).toEqual({
    says: true,
    blocks: [
      { line: 4, python: false },
      { line: 7, python: true },
      { line: 12, python: true },
      { line: 15, python: true },
    ],
  });
});

it.each([
  ["an empty block", `Foo.\n${fence}python\n\n${fence}\n`],
  ["a block without an end", `Foo.\n${fence}python\nimport foo\n`],
  ["code in a line", "Foo. Use `foo`."],
  ["fences of another kind", `Foo.\n${fence}python\nimport foo\n~~~\n`],
])("does not take %s for an example", (_, text) => {
  expect(readReadme(text, "README.md").blocks).toEqual([]);
});

it.each([
  ["# Foo\n"],
  ["Foo\n===\n"],
  ["\n\n"],
  [`# Foo\n${fence}python\nimport foo\n${fence}\n`],
  ["<!-- -->"],
])("says that nothing is said: %j", (text) => {
  expect(readReadme(text, "README.md").says).toBe(false);
});

it("reads reStructuredText", () => {
  const text = [
    "Foo",
    "===",
    "It counts.",
    "",
    ".. code-block:: python",
    "   :linenos:",
    "",
    "   import foo",
    "",
    "Install it::",
    "",
    "    pip install foo",
    "",
    ">>> import foo",
    "",
    ".. code-block:: python",
    "",
    "No code stands here.",
  ].join("\n");
  expect(readReadme(text, "README.rst")).toEqual({
    says: true,
    blocks: [
      { line: 5, python: true },
      { line: 10, python: false },
      { line: 14, python: true },
    ],
  });
  expect(readReadme("Foo\n===\n", "README.rst").says).toBe(false);
});

it.each([
  [`${fence}${" ".repeat(1_000_000)}\``],
  ["`".repeat(1_000_000)],
  [`${"> ".repeat(500_000)}x`],
  [`${":: ".repeat(300_000)}x`],
])("reads hostile text in one go", (text) => {
  expect(readReadme(text, "README.md").blocks).toEqual([]);
  expect(readReadme(text, "README.rst").blocks).toEqual([]);
});
