import { describe, expect, it } from "vitest";
import { useColor } from "./terminal.ts";

const rows: readonly (readonly [string, Parameters<typeof useColor>[0], boolean])[] = [
  ["a terminal", { env: {}, isTTY: true, knownCI: false }, true],
  ["a pipe", { env: {}, isTTY: false, knownCI: false }, false],
  ["a pipe in a known CI", { env: {}, isTTY: false, knownCI: true }, true],
  ["NO_COLOR=1", { env: { NO_COLOR: "1" }, isTTY: true, knownCI: false }, false],
  ["NO_COLOR empty", { env: { NO_COLOR: "" }, isTTY: true, knownCI: false }, true],
  ["FORCE_COLOR=1 in a pipe", { env: { FORCE_COLOR: "1" }, isTTY: false, knownCI: false }, true],
  ["FORCE_COLOR=0 on a terminal", { env: { FORCE_COLOR: "0" }, isTTY: true, knownCI: false }, false],
  ["FORCE_COLOR=false in CI", { env: { FORCE_COLOR: "false" }, isTTY: false, knownCI: true }, false],
  [
    "NO_COLOR beside FORCE_COLOR",
    { env: { NO_COLOR: "1", FORCE_COLOR: "1" }, isTTY: true, knownCI: false },
    false,
  ],
  ["TERM=dumb", { env: { TERM: "dumb" }, isTTY: true, knownCI: false }, false],
  [
    "--color=always before all",
    { flag: "always", env: { NO_COLOR: "1", TERM: "dumb" }, isTTY: false, knownCI: false },
    true,
  ],
  [
    "--color=never before all",
    { flag: "never", env: { FORCE_COLOR: "1" }, isTTY: true, knownCI: false },
    false,
  ],
];

describe("useColor", () => {
  it.each(rows)("decides for %s", (_, options, expected) => {
    expect(useColor(options)).toBe(expected);
  });
});
