import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isUtf8 } from "node:buffer";
import { Breakage, type FixResult, type GateContext } from "@towpath/core";
import { mapBounded } from "./map-bounded.ts";
import { unifiedDiff } from "./unified-diff.ts";

/**
 * Lets an automatic fix work on files and says what it changed. When the fix throws, removes a file or makes it
 * unreadable as text, all files get their old contents back.
 * @param files what may change, relative to the repository root
 * @param apply changes the files
 * @throws what `apply` throws; {Breakage} `mismatch` when a file is gone or no UTF-8 text afterwards
 * @example return fixAndDiff(ctx, files, async () => void (await runTool(ctx, ruff, ["check", "--fix", ...])));
 */
export async function fixAndDiff(
  ctx: GateContext,
  files: readonly string[],
  apply: () => Promise<void>,
): Promise<FixResult> {
  const pathOf = (file: string): string => join(ctx.workspace.root, file);
  const read = async (file: string): Promise<[string, Buffer]> => [file, await readFile(pathOf(file))];
  const before = new Map(await mapBounded(files, 16, read));
  try {
    await apply();
    const changed: string[] = [];
    let patch = "";
    for (const [file, old] of before) {
      const now = await readFile(pathOf(file)).catch((cause: unknown) => {
        throw new Breakage("mismatch", { message: `the fix removed ${file}`, cause });
      });
      if (now.equals(old)) continue;
      if (!isUtf8(old) || !isUtf8(now)) {
        throw new Breakage("mismatch", { message: `the fix changed ${file}, which is no UTF-8 text` });
      }
      changed.push(file);
      patch += unifiedDiff(file, old.toString("utf8"), now.toString("utf8"));
    }
    return { files: changed, patch };
  } catch (error) {
    await mapBounded([...before], 16, ([file, old]) => writeFile(pathOf(file), old));
    throw error;
  }
}
