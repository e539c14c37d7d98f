import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { Breakage, type GateContext, type Violation } from "@towpath/core";
import { mapBounded } from "@towpath/kit";
import { type FileState, isSame, type ReadFile, readWhole, stateOf } from "./file-state.ts";
import { foundIn, type WorkingCopy } from "./working-copy.ts";

/** A file that is another one after a round: new, changed or gone. */
export interface Change {
  readonly path: string;
  /** What it was; nothing for a new one. */
  readonly before?: FileState;
  /** What it was as text; empty for a new one, and for one that was no text. */
  readonly beforeText: string;
  /** What it is; nothing for one that is gone, and for one that cannot be taken over. */
  readonly after?: ReadFile["state"] & { readonly bytes: Buffer };
  /** Why it cannot be taken over, whoever may write there. */
  readonly refusal?: Violation;
}

/** More entries than were there before, and more changed files, are nobody's work of one round. */
const mostNewEntries = 50_000;
const mostChanges = 500;

/**
 * What is other in a working copy than it was. Each file is read once: what is judged is what is applied.
 * @param ctx for asking git which new files it would ignore: those are left out, as nobody would see them
 */
export async function changesIn(copy: WorkingCopy, ctx: GateContext): Promise<readonly Change[]> {
  let found: Awaited<ReturnType<typeof foundIn>>;
  try {
    found = await foundIn(copy, copy.files.size * 2 + mostNewEntries);
  } catch (error) {
    return [unreadable("", undefined, error)];
  }
  if (found === undefined) return [tooMany(`more than ${mostNewEntries} new entries`)];
  const paths = new Set(found.map(({ path }) => path));
  const gone = [...copy.files.keys()].filter((path) => !paths.has(path));
  const ignored = await ignoredByGit(
    found.filter(({ path }) => !copy.files.has(path)).map(({ path }) => path),
    ctx,
  );
  const there = await mapBounded(found, 16, async ({ path, kind }): Promise<Change | undefined> => {
    if (ignored.has(path)) return undefined;
    const before = copy.files.get(path);
    if (kind === "link") return changedLink(copy, path, before);
    if (kind === "other")
      return refused(path, before, "link", "it is neither a file nor a folder, such as a pipe");
    try {
      return await changedFile(copy, path, before);
    } catch (error) {
      return unreadable(path, before, error);
    }
  });
  const removed = await mapBounded(gone, 16, async (path): Promise<Change> => {
    const before = copy.files.get(path);
    const text = await bytesBefore(copy, path);
    if (before?.kind !== "file") return refused(path, before, "link", "it was a symbolic link");
    if (text === undefined) return refused(path, before, "too-large", "it was larger than 1 MiB");
    return { path, before, beforeText: isUtf8(text) ? text.toString("utf8") : "" };
  });
  const changes = [...there.filter((change) => change !== undefined), ...removed].toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return changes.length > mostChanges ? [tooMany(`${changes.length} changed files`)] : changes;
}

async function changedLink(
  copy: WorkingCopy,
  path: string,
  before: FileState | undefined,
): Promise<Change | undefined> {
  if (isSame(copy.links.get(path), await stateOf(copy.folder, path))) return undefined;
  return refused(path, before, "link", "it is a symbolic link");
}

async function changedFile(
  copy: WorkingCopy,
  path: string,
  before: FileState | undefined,
): Promise<Change | undefined> {
  const { state, bytes } = await readWhole(join(copy.folder, path), before ?? { kind: "other" });
  if (isSame(before, state)) return undefined;
  if (bytes === undefined)
    return refused(path, before, "too-large", `it has ${state.size} bytes; 1 MiB is the most`);
  if (!isUtf8(bytes) || bytes.includes(0)) return refused(path, before, "not-text", "it is no UTF-8 text");
  const old = await bytesBefore(copy, path);
  const beforeText = old !== undefined && isUtf8(old) ? old.toString("utf8") : "";
  return { path, ...(before && { before }), beforeText, after: { ...state, bytes } };
}

/**
 * What a file was, from the copy that nobody works in; nothing when there was none, or it was too large.
 * @throws {Breakage} `environment` when somebody changed that copy, too
 */
async function bytesBefore({ pristine, files }: WorkingCopy, path: string): Promise<Buffer | undefined> {
  const known = files.get(path);
  if (known?.kind !== "file") return undefined;
  const now = await stateOf(pristine, path, known);
  if (now?.kind === "file") {
    const { state, bytes } = await readWhole(join(pristine, path), known);
    if (isSame(state, known)) return bytes;
  }
  throw new Breakage("environment", {
    message: "the agent changed the copy that its work is compared with: nothing was applied",
    where: [path],
  });
}

function refused(path: string, before: FileState | undefined, rule: string, detail: string): Change {
  return { path, ...(before && { before }), beforeText: "", refusal: { rule, path, detail } };
}

/** What the file system does not let be read: a name too long, no right, or a name that is no UTF-8. */
function unreadable(path: string, before: FileState | undefined, error: unknown): Change {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  const detail = `it cannot be read: ${code}`;
  if (path !== "") return refused(path, before, "unreadable", detail);
  return { path, beforeText: "", refusal: { rule: "unreadable", detail } };
}

function tooMany(what: string): Change {
  const detail = `${what}; ${mostChanges} changed files are the most of one round`;
  return { path: "", beforeText: "", refusal: { rule: "too-many", detail } };
}

/** Which of the paths git would not list in the repository; none where git does not know. */
async function ignoredByGit(paths: readonly string[], ctx: GateContext): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const { code, stdout, droppedBytes } = await ctx.exec({
    command: "git",
    args: ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "check-ignore", "-z", "--stdin"],
    cwd: ctx.workspace.root,
    env: { GIT_OPTIONAL_LOCKS: "0" },
    stdin: paths.map((path) => `${path}\0`).join(""),
  });
  // 1: none is ignored; 128: it is no repository.
  if (code !== 0 || droppedBytes > 0) return new Set();
  return new Set(stdout.split("\0"));
}
