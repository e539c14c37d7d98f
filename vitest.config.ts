import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "scripts/**/*.test.ts"],
    // Most tests wait for processes that they started: every processor may have a file of its own.
    maxWorkers: availableParallelism(),
    // Generous, as real tools on a busy machine take their time; nothing asserts how long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
