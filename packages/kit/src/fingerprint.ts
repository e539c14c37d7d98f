import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "@towpath/core";
import { mapBounded } from "./map-bounded.ts";
import { toRepoPath } from "./paths.ts";

/** A finding before it has an identity. */
export type FindingDraft = Omit<Finding, "fingerprint"> & {
  /** Keyed hash of a found secret: it stands for the line, whose text must not be hashed. */
  secretHash?: string;
};

const largestBytes = 16 * 1024 * 1024;

/**
 * Gives findings their fingerprints: sha256 over tool, rule, path, the text of the line without its indentation, and
 * a number that tells equal ones apart in the order of the file. Line numbers and tool versions have no part in it,
 * so that a finding keeps its identity when code above it changes. Without a line, the message without its figures
 * stands in.
 * @param root absolute path of the repository, from which the lines are read
 * @returns the findings in the order of the drafts
 */
export async function withFingerprints(
  root: string,
  drafts: readonly FindingDraft[],
): Promise<readonly Finding[]> {
  const files = [...new Set(drafts.flatMap(({ file, range }) => (file && range ? [file] : [])))];
  const lines = new Map(
    await mapBounded(files, 16, async (file) => [file, await linesOf(root, file)] as const),
  );
  const keyOf = (draft: FindingDraft): string => {
    const { tool, rule, file = "", range, message, secretHash } = draft;
    const line = range && lines.get(file)?.[range.startLine - 1];
    const text = secretHash ?? (normal(line ?? "") || message.replaceAll(/\d+/g, "#"));
    return JSON.stringify([tool, rule, file, text]);
  };
  const keyed = drafts.map((draft, index) => ({ draft, index, key: keyOf(draft) }));
  const seen = new Map<string, number>();
  const findings: Finding[] = [];
  for (const { draft, index, key } of keyed.toSorted(
    (a, b) => byPlace(a.draft, b.draft) || a.index - b.index,
  )) {
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    const { secretHash: _, ...finding } = draft;
    findings[index] = { ...finding, fingerprint: sha256(JSON.stringify([key, occurrence])) };
  }
  return findings;
}

/** The lines of a file, or none where it cannot be read or lies outside the repository. */
async function linesOf(root: string, file: string): Promise<readonly string[]> {
  try {
    const path = join(root, toRepoPath(root, file));
    const stats = await stat(path);
    return stats.isFile() && stats.size <= largestBytes
      ? (await readFile(path, "utf8")).split(/\r\n|\n|\r/)
      : [];
  } catch {
    return [];
  }
}

function normal(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

function byPlace(a: FindingDraft, b: FindingDraft): number {
  const line = (a.range?.startLine ?? 0) - (b.range?.startLine ?? 0);
  return line || (a.range?.startColumn ?? 0) - (b.range?.startColumn ?? 0);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
