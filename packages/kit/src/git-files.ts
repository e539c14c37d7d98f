import { Breakage, type Exec, type ExecResult } from "@towpath/core";
import { excerpt } from "./text.ts";

const mostListBytes = 256 * 1024 * 1024;

/**
 * The tracked and untracked files of a tree, without ignored ones; deleted ones are still named.
 * @param root absolute path of the tree; the repository's root may lie above it
 * @returns POSIX paths relative to the root; `undefined` where git is not there, the tree is no part of a repository, or
 *   that repository ignores all of it
 * @throws {Breakage} `environment` when git can be neither run nor missed, or cannot say
 */
export async function gitFiles(root: string, exec: Exec): Promise<readonly string[] | undefined> {
  const which = ["--cached", "--others", "--exclude-standard"];
  const listed = await git(root, exec, ["ls-files", "-z", ...which, "--", "."]);
  const absent = ["ENOENT", "EACCES"].includes(listed.startError?.code ?? "");
  if (absent) return undefined;
  // 128: it is no repository, or a broken one.
  if (listed.code === 128 && (await git(root, exec, ["rev-parse", "--show-prefix"])).code !== 0)
    return undefined;
  if (listed.code !== 0 || listed.droppedBytes > 0) throw unlisted(listed);
  if (listed.stdout === "" && (await git(root, exec, ["check-ignore", "--quiet", "--", "."])).code !== 1)
    return undefined;
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
