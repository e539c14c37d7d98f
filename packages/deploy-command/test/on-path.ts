import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether this machine has a program, so that tests with the real one can run. */
export function onPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
