import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isTowpathError } from "@towpath/core";
import { sanitize, toRepoPath } from "@towpath/kit";
import { maxSpecBytes } from "../../read-spec.ts";

/** The text of a file, or why it cannot be had, as the end of a sentence. */
export type Text = { readonly text: string } | { readonly because: string };

/**
 * Reads a text file of the repository of at most 1 MiB.
 * @param path relative to `root`
 */
export async function readText(root: string, path: string): Promise<Text> {
  try {
    const file = join(root, toRepoPath(root, path));
    const stats = await stat(file);
    if (!stats.isFile()) return { because: "it is no regular file" };
    if (stats.size > maxSpecBytes)
      return { because: `it has ${stats.size} bytes, and at most ${maxSpecBytes} are read` };
    const bytes = await readFile(file);
    if (bytes.includes(0)) return { because: "it is binary" };
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (isTowpathError(error)) return { because: "it lies outside the repository" };
    if (error instanceof TypeError) return { because: "it is not valid UTF-8" };
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const missing = error.code === "ENOENT" || error.code === "ENOTDIR";
    return { because: missing ? "it does not exist" : `it cannot be read: ${sanitize(String(error.code))}` };
  }
}
