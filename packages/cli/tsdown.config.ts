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
  // What a check of unchanged code needs is one chunk: opening dozens of small ones takes longer than all it does. What
  // an error needs is another, as every command needs that.
  outputOptions: {
    codeSplitting: {
      groups: [
        { name: "errors", test: /core[\\/]src[\\/](?:errors|catalogue)\.ts$/, priority: 2 },
        { name: "standing-check", test: /standing-check\.ts$/, priority: 1 },
      ],
    },
  },
  deps: { alwaysBundle: [/.*/], neverBundle: ["pyright", "@astral-sh/ruff-wasm-nodejs"] },
});
