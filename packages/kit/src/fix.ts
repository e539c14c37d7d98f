import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isUtf8 } from "node:buffer";
import { Breakage, type FixResult, type GateContext } from "@towpath/core";
import { z } from "zod";
import { parseReport } from "./json.ts";
import { mapBounded } from "./map-bounded.ts";
import { toRepoPath } from "./paths.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { writeAtomic } from "./write-atomic.ts";

/** What the files were before a fix that has not come to its end, by path, in base64. */
const saved: z.ZodType<Record<string, string>> = z.record(z.string(), z.base64());

/**
 * Lets an automatic fix work on files and says what it changed. When the fix throws, removes a file or makes it
 * unreadable as text, all files get their old contents back. They are kept in the output folder while the fix works:
 * what a process that died left half fixed is put back before anything else.
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
  const restore = (contents: Iterable<readonly [string, Buffer]>): Promise<unknown> =>
    mapBounded([...contents], 16, ([file, old]) => writeFile(pathOf(file), old));
  const kept = join(ctx.outDir, "before-fix.json");
  if (existsSync(kept)) {
    const contents = Object.entries(
      parseReport(saved, await readFile(kept, "utf8"), "the files before the fix"),
    );
    await restore(
      contents.map(([file, old]) => [toRepoPath(ctx.workspace.root, file), Buffer.from(old, "base64")]),
    );
    ctx.log(`${contents.length} files of an interrupted fix were put back`);
  }
  const before = new Map(await mapBounded(files, 16, read));
  const encoded = [...before].map(([file, old]) => [file, old.toString("base64")] as const);
  await writeAtomic(kept, JSON.stringify(Object.fromEntries(encoded)));
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
    await restore(before);
    throw error;
  } finally {
    await rm(kept, { force: true });
  }
}
