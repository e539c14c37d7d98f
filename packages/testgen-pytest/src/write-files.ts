import { chmod, lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GeneratedFile } from "@towpath/core";
import { writeAtomic } from "@towpath/kit";
import { readHead, type ReadHead } from "./emit/header.ts";

/** A generated file with its text. */
export interface RenderedFile {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  readonly text: string;
  readonly open: boolean;
}

/**
 * Writes generated files, and takes away those of the component that are no longer generated. What somebody edited, or
 * what is no file of this generator, is left alone.
 * @param root absolute path of the repository
 * @param folder where generated files lie, relative to the root
 */
export async function writeFiles(
  root: string,
  folder: string,
  component: string,
  files: readonly RenderedFile[],
): Promise<readonly GeneratedFile[]> {
  const states: GeneratedFile[] = [];
  if (files.length > 0) await mkdir(join(root, folder), { recursive: true });
  for (const { path, text, open } of files) {
    const place = join(root, path);
    const old = await textAt(place);
    const head = old === undefined ? undefined : readHead(old);
    const isOurs = head?.untouched === true && (head.component === component || head.component === "");
    if (old === text) states.push({ path, state: "unchanged", open });
    else if (old !== undefined && !isOurs) states.push({ path, state: "kept", open });
    else {
      await writeAtomic(place, text);
      await chmod(place, 0o644);
      states.push({ path, state: "written", open });
    }
  }
  const wanted = new Set(files.map(({ path }) => path));
  const others = (await generatedIn(root, folder)).filter(({ path }) => !wanted.has(path));
  for (const { path, head } of others.filter((one) => one.head.component === component)) {
    if (head.untouched) await rm(join(root, path));
    else states.push({ path, state: "kept", open: head.open });
  }
  // The file that registers the marker goes with the last test.
  const left = await generatedIn(root, folder);
  const [last] = left;
  if (left.length === 1 && last?.head.component === "" && last.head.untouched)
    await rm(join(root, last.path));
  return states;
}

/** The files of this generator in a folder, by path. */
export async function generatedIn(
  root: string,
  folder: string,
): Promise<readonly { readonly path: string; readonly head: ReadHead }[]> {
  const names = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found: { readonly path: string; readonly head: ReadHead }[] = [];
  for (const name of names.toSorted().filter((one) => /\.(?:py|feature)$/.test(one))) {
    const head = readHead((await textAt(join(root, folder, name))) ?? "");
    if (head !== undefined) found.push({ path: `${folder}/${name}`, head });
  }
  return found;
}

/** The text of a regular file; of anything else that stands there none that could be ours. */
async function textAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, "utf8") : "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
