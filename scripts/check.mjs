import { readdirSync } from "node:fs";
import { runMain } from "./command.mjs";
import { passes } from "./passes.mjs";
import { inRoot } from "./project.mjs";
import { setUp } from "./setup.mjs";

/** @typedef {[label: string, argv: [tool: string, ...args: string[]]]} Check */

/** What `npm test` looks at, and what only matters before a change is handed in. @type {readonly Check[]} */
const checks = [
  ["types", ["tsc", "-b", ".", "packages/dashboard"]],
  ["lint", ["oxlint", "--deny-warnings"]],
  ["format", ["oxfmt", "--check"]],
  ["unused files, exports and dependencies", ["knip"]],
  ["generated files", ["vitest", "run", "scripts/generated.test.ts"]],
  ...readdirSync(inRoot("packages")).map(
    (name) =>
      /** @type {Check} */ ([
        `packages/${name} as it is published`,
        ["publint", "run", `packages/${name}`, "--pack=pnpm", "--strict"],
      ]),
  ),
];

await runMain(async () => {
  await setUp();
  /** @type {string[]} */
  const failed = [];
  for (const [label, argv] of checks) {
    if (!(await passes(label, argv))) failed.push(label);
  }
  console.log(
    failed.length === 0 ? `${checks.length} checks: all clean` : `not clean: ${failed.join(" · ")}`,
  );
  return failed.length === 0 ? 0 : 1;
});
