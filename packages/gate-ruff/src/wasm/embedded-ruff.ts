import { createRequire } from "node:module";
import type { ToolInfo } from "@towpath/core";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

/** The embedded engine as a tool; its version is read from its package, without starting it. */
export function embeddedRuff(): ToolInfo {
  const { version } = manifest.parse(
    createRequire(import.meta.url)("@astral-sh/ruff-wasm-nodejs/package.json"),
  );
  return { name: "ruff", version, engine: "wasm", via: "embedded" };
}
