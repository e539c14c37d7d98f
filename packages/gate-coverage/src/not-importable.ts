import { Breakage } from "@towpath/core";

/** The tests cannot import the very component that they test: that says nothing about its code. */
export function notImportable(module: string): Breakage {
  return new Breakage("environment", {
    message: `the tests cannot import \`${module}\`, which is the component's own source`,
    why: "The source lies where the interpreter does not look, so no test of it can run.",
    fix: [
      "python -m pip install --editable .",
      'Or name the folder in pyproject.toml: [tool.pytest.ini_options] pythonpath = ["src"]',
    ],
  });
}
