import { Breakage, type Exec, type ExecResult } from "@towpath/core";
import { excerpt } from "./text.ts";

const mostListBytes = 256 * 1024 * 1024;

/**
 * Whether git is there, the tree is part of a repository, and that repository does not ignore all of it.
 * @param root absolute path of the tree; the repository's root may lie above it
 * @throws {Breakage} `environment` when git can be neither run nor missed
 */
export async function isKnownToGit(root: string, exec: Exec): Promise<boolean> {
  const prefix = await git(root, exec, ["rev-parse", "--show-prefix"]);
  const absent = ["ENOENT", "EACCES"].includes(prefix.startError?.code ?? "");
  if (prefix.status !== "exited" && !absent) throw unlisted(prefix);
  if (prefix.code !== 0) return false;
  if (prefix.stdout.trim() === "") return true;
  return (await git(root, exec, ["check-ignore", "--quiet", "--", "."])).code === 1;
}

/**
 * The tracked and untracked files below paths, without ignored ones; deleted ones are still named.
 * @param paths POSIX, relative to the root
 * @throws {Breakage} `environment` when git cannot say
 */
export async function gitFiles(root: string, paths: readonly string[], exec: Exec): Promise<string[]> {
  const which = ["--cached", "--others", "--exclude-standard"];
  const listed = await git(root, exec, [
    "ls-files",
    "-z",
    ...which,
    "--",
    ...paths.map((path) => `:(literal)${path}`),
  ]);
  if (listed.code !== 0 || listed.droppedBytes > 0) throw unlisted(listed);
  return listed.stdout.split("\0").filter((file) => file !== "");
}

/** Git, kept from running anything that the tree configures. */
function git(root: string, exec: Exec, args: readonly string[]): Promise<ExecResult> {
  return exec({
    command: "git",
    args: ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", ...args],
    cwd: root,
    env: { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
    maxOutputBytes: mostListBytes,
  });
}

function unlisted({ status, stderr, startError }: ExecResult): Breakage {
  const why = excerpt(stderr || (startError?.message ?? status));
  return new Breakage("environment", { message: "git could not list the files of the tree", why });
}
