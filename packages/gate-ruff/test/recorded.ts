import { readFileSync } from "node:fs";
import type { RuffExit } from "../src/settle.ts";

/** A recorded run of ruff; the root of its repository is `/repo`. */
export interface Recorded extends RuffExit {
  readonly argv: readonly string[];
}

/**
 * Reads a recorded run.
 * @example recorded("check-dirty").code // 1
 */
export function recorded(name: string, version = "0.17.6"): Recorded {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/ruff-${version}/${name}.json`, import.meta.url), "utf8"),
  );
}
