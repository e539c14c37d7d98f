import { expect, it } from "vitest";
import { importNames, sourceFiles } from "./source-files.ts";

const component = { name: "foo", source: ["src/_foo"], tests: ["src/_foo/checks"] };

it.each([
  ["src/_foo/__init__.py", true],
  ["src/_foo/__main__.py", true],
  ["src/_foo/shelf.py", true],
  ["src/_foo/sub/shelf.py", true],
  ["src/_foo/_shelf.py", false],
  ["src/_foo/_sub/shelf.py", false],
  ["src/_foo/checks/shelf.py", false],
  ["src/_foo/tests/helper.py", false],
  ["src/_foo/test_shelf.py", false],
  ["src/_foo/shelf_test.py", false],
  ["src/_foo/conftest.py", false],
  ["src/_foo/contest.py", true],
])("%s can hold something public: %s", (path, expected) => {
  expect(sourceFiles(component, [path])).toEqual([{ path, public: expected }]);
});

it.each([
  [["src/foo"], ["src/foo/__init__.py", "src/foo/a.py"], ["foo"]],
  [["src"], ["src/foo/__init__.py", "src/bar.py"], ["src", "foo", "bar"]],
  [["foo.py"], ["foo.py"], ["foo"]],
  [["."], ["foo/a.py", "setup.py"], ["foo", "setup"]],
])("%j is imported as %j says", (source, files, names) => {
  expect([...importNames({ ...component, source }, files)]).toEqual(names);
});
