import { createRequire } from "node:module";
import type { ToolInfo } from "@towpath/core";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

const require = createRequire(import.meta.url);

/** Absolute path of the file that says the embedded engine's version. */
export function embeddedManifest(): string {
  return require.resolve("@astral-sh/ruff-wasm-nodejs/package.json");
}

/** The embedded engine as a tool; its version is read from its package, without starting it. */
export function embeddedRuff(): ToolInfo {
  const { version } = manifest.parse(require("@astral-sh/ruff-wasm-nodejs/package.json"));
  return { name: "ruff", version, engine: "wasm", via: "embedded" };
}
