import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { onExit } from "./on-exit.ts";

/** A repository in a temporary folder. */
export interface Project {
  /** Absolute real path. */
  readonly root: string;
  /** Writes a file, with its folders; `path` is POSIX and relative to the root. */
  write(path: string, text: string | Uint8Array): Promise<void>;
  /** Removes the folder before the process ends, which would remove it too. */
  remove(): Promise<void>;
}

/** How a project is made. */
export interface ProjectOptions {
  /** Makes it a git repository whose files are all committed. @default false */
  readonly git?: boolean;
}

/**
 * Makes a repository of the given files in a temporary folder, which is removed when the process ends.
 * @param files contents by POSIX path
 * @example const { root } = await project({ "src/foo/__init__.py": "import os\n" });
 */
export async function project(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: ProjectOptions = {},
): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "towpath-project-")));
  const forget = onExit(root);
  const made: Project = {
    root,
    async write(path, text) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    async remove() {
      await rm(root, { recursive: true, force: true });
      forget();
    },
  };
  for (const [path, text] of Object.entries(files)) await made.write(path, text);
  if (options.git) await commitAll(root);
  return made;
}

/** The user's own git configuration has no say: it may sign commits, or have hooks. */
async function commitAll(root: string): Promise<void> {
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.org",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.org",
  };
  const git = (...args: string[]): Promise<unknown> => promisify(execFile)("git", args, { cwd: root, env });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message=Start");
}
