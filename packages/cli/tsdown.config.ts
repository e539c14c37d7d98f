import { defineConfig } from "tsdown";

// The program is published as one bundle: what it needs of the workspace and of small libraries lies in it, in
// chunks that are loaded when a command needs them. Engines with binary or very large files stay packages.
export default defineConfig({
  entry: { bin: "src/bin.ts" },
  format: "esm",
  platform: "node",
  target: "node22.18",
  dts: false,
  clean: true,
  minify: true,
  logLevel: "warn",
  deps: { alwaysBundle: [/.*/], neverBundle: ["pyright", "@astral-sh/ruff-wasm-nodejs"] },
});
