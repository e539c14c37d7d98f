import type { EmittedFile } from "./test-file.ts";

/** Registers the marker of generated tests, for suites that run without Towpath and refuse unknown markers. */
export function emitConftest(folder: string): EmittedFile {
  return {
    path: `${folder}/conftest.py`,
    open: false,
    top: `"""Registers the marker by which tests name what they prove."""


def pytest_configure(config):
    config.addinivalue_line("markers", "spec(id): the requirement that this test proves")
`,
    tests: [],
  };
}
