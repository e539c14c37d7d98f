import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { realpath } from "node:fs/promises";
import { memoryJournal, type Journal } from "@towpath/core";
import type { GlobalOptions } from "./global-options.ts";
import { findConfig } from "./find-config.ts";

/**
 * Lets work read the project's journal. Nothing is written, so it works beside a run and on a read-only file system; a
 * project without a journal has an empty one.
 * @throws {TowpathError} TP1201 without a configuration; TP6102, TP6104, TP6106
 */
export async function readJournal<T>(
  options: GlobalOptions,
  work: (journal: Journal, project: { readonly root: string; readonly components: readonly string[] }) => T,
): Promise<T> {
  const loaded = await findConfig(options);
  const root = await realpath(dirname(loaded.path));
  const declared = loaded.raw["components"];
  const components = typeof declared === "object" && declared !== null ? Object.keys(declared) : [];
  const journal = await open(root);
  try {
    return await work(journal, { root, components });
  } finally {
    journal.close();
  }
}

async function open(root: string): Promise<Journal> {
  if (!existsSync(join(root, ".towpath", "journal.db"))) return memoryJournal();
  const { openJournal } = await import("@towpath/engine-sqlite");
  return openJournal({ root, readOnly: true });
}
