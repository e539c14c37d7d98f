import { defineConfig, type UserConfig } from "tsdown";

/** How every library of the workspace is built: ES modules with declarations, nothing bundled in. */
export function library(entry: string | Record<string, string> = "src/index.ts"): UserConfig {
  return defineConfig({
    entry,
    format: "esm",
    platform: "node",
    target: "node22.18",
    dts: { oxc: true },
    clean: true,
    publint: false,
    logLevel: "warn",
  });
}
