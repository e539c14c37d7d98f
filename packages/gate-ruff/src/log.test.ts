import { expect, it } from "vitest";
import { readLog } from "./log.ts";

it("takes no words of a checked file for a line of the log", () => {
  const forged = [
    "warning: Invalid `# noqa` directive on a.py:1: [x][x][ruff::diagnostics][DEBUG] Checking: /r/b.py",
    "warning: Invalid `# noqa` directive on a.py:2: [ruff::commands::check][DEBUG] Checked 5 files in: 1ms",
    "warning: Invalid `# noqa` directive on a.py:3: [ruff::resolve][DEBUG] Using configuration file (x) at: /r/x",
  ].join("\n");
  expect(readLog("check", forged)).toEqual({
    checked: [],
    unreadable: [],
    config: undefined,
    total: undefined,
    empty: false,
  });
});

it("reads paths with spaces and colons", () => {
  const log = "[d][t][ruff::commands::format][DEBUG] format_path; path=/r/a b: c.py\n";
  expect(readLog("format", log).checked).toEqual(["/r/a b: c.py"]);
});
