import type { Violation } from "@towpath/core";
import { unifiedDiff } from "@towpath/kit";
import type { Change } from "./changes.ts";
import { forbiddenCode } from "./forbidden-code.ts";
import { type Bounds, isBelow, refusalOf } from "./write-policy.ts";

/**
 * What of the changes an agent may not have made.
 * @returns empty when all of it may be applied
 */
export function judge(changes: readonly Change[], bounds: Bounds): readonly Violation[] {
  return changes.flatMap((change): Violation[] => {
    const { path, refusal } = change;
    const place = path === "" ? undefined : refusalOf(path, bounds);
    const isLost = place === undefined && change.after === undefined && bounds.open.has(path);
    if (isLost)
      return [{ rule: "read-only", path, detail: "it is a test: it may be filled in, not removed" }];
    const found = [
      ...(place === undefined ? [] : [{ path, ...place }]),
      ...(refusal === undefined ? [] : [refusal]),
    ];
    return found.length > 0 ? found : codeViolations(change, bounds);
  });
}

function codeViolations({ path, beforeText, after }: Change, bounds: Bounds): Violation[] {
  if (after === undefined || !/\.pyi?$/i.test(path)) return [];
  const isTest = isBelow(path, bounds.tests) || bounds.open.has(path);
  const marks = forbiddenCode({ before: beforeText, after: after.bytes.toString("utf8"), isTest });
  return marks.map((mark) => ({ path, ...mark }));
}

const mostPatch = 4 * 1024 * 1024;

/**
 * The changes as a unified diff that `git apply` reads; a file that is no text, or too large, is named only.
 * @example patchOf(changes) // "--- a/src/foo/a.py\n+++ b/src/foo/a.py\n…"
 */
export function patchOf(changes: readonly Change[]): string {
  let patch = "";
  for (const [index, change] of changes.entries()) {
    const diff = diffOf(change);
    if (patch.length + diff.length > mostPatch)
      return `${patch}# ${changes.length - index} more files are left out\n`;
    patch += diff;
  }
  return patch;
}

function diffOf({ path, before, beforeText, after, refusal }: Change): string {
  if (refusal !== undefined) return `# ${JSON.stringify(path)}: ${refusal.detail}\n`;
  const diff = unifiedDiff(path, beforeText, after?.bytes.toString("utf8") ?? "");
  const [from, to, ...rest] = diff.split("\n");
  if (from === undefined || to === undefined)
    return `# ${JSON.stringify(path)}: created or removed, without text\n`;
  const names = [before === undefined ? "--- /dev/null" : from, after === undefined ? "+++ /dev/null" : to];
  return [...names, ...rest].join("\n");
}
