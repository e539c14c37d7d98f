import { readFileSync } from "node:fs";

/**
 * Reads a recorded output.
 * @param name path below `fixtures`
 */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
}
