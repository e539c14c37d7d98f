import { isTowpathError } from "@towpath/core";
import { readFrontMatter, type FrontMatter } from "./front-matter.ts";
import { folderAt, namesIn, readIn, type Folder } from "./session-folder.ts";

/** A file with front matter. */
export interface NotedFile extends FrontMatter {
  /** Path relative to the repository root, with `/`. */
  readonly source: string;
}

/** What was read, and what could not be. */
export interface NotedFiles {
  readonly files: readonly NotedFile[];
  /** In words, naming the file. */
  readonly problems: readonly string[];
}

/**
 * Reads the files of a folder whose names end in a way; none where there is no folder.
 * @param folder relative to the root, with `/`
 */
export async function readFiles(root: string, folder: string, end: string): Promise<NotedFiles> {
  const files: NotedFile[] = [];
  const problems: string[] = [];
  for (const name of (await namesOf(root, folder, problems)).filter((one) => one.endsWith(end))) {
    const source = `${folder}/${name}`;
    const read = await attempt(() => readIn(folderAt(root, folder), name));
    const matter = read.text === undefined ? read.problem : readFrontMatter(read.text);
    if (matter === undefined) continue;
    if (typeof matter === "string")
      problems.push(read.text === undefined ? matter : `${source} is left out: ${matter}`);
    else files.push({ ...matter, source });
  }
  return { files, problems };
}

/** Names of the folders in a folder. */
export async function namesOf(root: string, folder: string, problems: string[]): Promise<readonly string[]> {
  try {
    const place: Folder = folderAt(root, folder);
    return await namesIn(place);
  } catch (error) {
    problems.push(`${folder} is left out: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

async function attempt(
  read: () => Promise<string | undefined>,
): Promise<{ readonly text?: string | undefined; readonly problem?: string }> {
  try {
    return { text: await read() };
  } catch (error) {
    if (!isTowpathError(error)) throw error;
    return { problem: error.message };
  }
}
