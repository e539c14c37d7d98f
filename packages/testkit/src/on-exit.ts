import { rmSync } from "node:fs";

const folders = new Set<string>();

/**
 * Removes a folder when this process ends.
 * @returns a function that takes the folder off the list
 */
export function onExit(folder: string): () => void {
  if (folders.size === 0) process.once("exit", removeAll);
  folders.add(folder);
  return () => void folders.delete(folder);
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
