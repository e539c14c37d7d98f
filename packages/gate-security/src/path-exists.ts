import { access } from "node:fs/promises";

/** Whether there is something at a path. */
export async function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
