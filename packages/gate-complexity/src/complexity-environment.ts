import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type { GateEnvironment } from "@towpath/core";
import { radonRequest } from "./find-radon.ts";
import type { ComplexityOptions } from "./options.ts";

/**
 * What measured complexities depend on beside the files: radon with the packages of its Python, or the version of the
 * embedded engine, which is not loaded for it.
 */
export async function complexityEnvironment({
  engine,
  command,
}: ComplexityOptions): Promise<GateEnvironment> {
  const radon = { ...radonRequest(command), packages: true, optional: engine === "auto" };
  const embedded = (): string =>
    createRequire(import.meta.url).resolve("@astral-sh/ruff-wasm-nodejs/package.json");
  return {
    tools: engine === "c901" ? [] : [radon],
    // radon reads a file of the user's, too.
    files: [join(homedir(), ".radon.cfg"), ...(engine === "radon" ? [] : [embedded()])],
  };
}
