import { once } from "node:events";
import { expect, it } from "vitest";
import { walIsSafe, withoutSqliteWarning } from "./sqlite.ts";

it.each([
  ["3.51.2", false],
  ["3.50.4", false],
  ["3.7.0", false],
  ["3.51.3", true],
  ["3.52.0", true],
  ["3.53.4", true],
  ["4.0.0", true],
  [undefined, false],
])("a shared log of SQLite %s: %s", (version, safe) => {
  expect(walIsSafe(version)).toBe(safe);
});

it("holds back the warning that SQLite is experimental, and no other", async () => {
  const heard: string[] = [];
  const listen = ({ message }: Error): void => void heard.push(message);
  process.on("warning", listen);
  const loaded = withoutSqliteWarning(() => {
    process.emitWarning(
      "SQLite is an experimental feature and might change at any time",
      "ExperimentalWarning",
    );
    process.emitWarning("SQLite is old", "DeprecationWarning");
    process.emitWarning("WASI is an experimental feature", { type: "ExperimentalWarning" });
    return "loaded";
  });
  const last = once(process, "warning");
  process.emitWarning(
    "SQLite is an experimental feature and might change at any time",
    "ExperimentalWarning",
  );
  await last;
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(loaded).toBe("loaded");
  expect(heard).toEqual([
    "SQLite is old",
    "WASI is an experimental feature",
    "SQLite is an experimental feature and might change at any time",
  ]);
});
