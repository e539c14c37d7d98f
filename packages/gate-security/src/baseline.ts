import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { Breakage } from "@towpath/core";
import { parseReport, toRepoPath } from "@towpath/kit";
import { z } from "zod";
import type { Secret } from "./secret.ts";

/** What a team's baseline says about one of its secrets: not judged yet, no secret, or a real one. */
export type Audit = "unaudited" | "harmless" | "real";

/** Settings of a scan, in the form of a baseline file. */
export interface ScanSettings {
  readonly version: string;
  readonly plugins_used: readonly Readonly<Record<string, unknown>>[];
  /** Left out: the tool's defaults. */
  readonly filters_used?: readonly Readonly<Record<string, unknown>>[];
}

/** A team's baseline of detect-secrets, as far as it may be used. */
export interface Baseline {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  readonly settings: ScanSettings;
  /** Detectors and filters that would run code of the checked tree or open connections; they are not used. */
  readonly refused: readonly string[];
  readonly size: number;
  /** @returns undefined when the baseline does not know the secret */
  audit(secret: Secret): Audit | undefined;
  /** Whether the baseline knows this value in this file, whatever its type: for engines with other types. */
  auditValue(file: string, hash: string): Audit | undefined;
  /** @throws {Breakage} `mismatch` when the file is not what it was, byte for byte */
  assertUnchanged(): Promise<void>;
}

const entry = z.object({
  type: z.string().min(1),
  hashed_secret: z.string().regex(/^[0-9a-f]{40}$/),
  is_secret: z.boolean().nullish(),
});

const schema = z.object({
  version: z.string().min(1),
  plugins_used: z.array(z.looseObject({ name: z.string().min(1) })),
  filters_used: z.array(z.looseObject({ path: z.string().min(1) })),
  results: z.record(z.string(), z.array(entry)),
});

/**
 * Reads the team's baseline.
 * @param configured the option `baseline`; without it `.secrets.baseline` is used if it exists
 * @returns undefined when there is none
 * @throws {Breakage} `tool-config` when it is configured but missing, or is no baseline of detect-secrets 1.x
 */
export async function readBaseline(
  root: string,
  configured: string | undefined,
): Promise<Baseline | undefined> {
  const path = toRepoPath(root, configured ?? ".secrets.baseline");
  const bytes = await read(root, path);
  if (bytes === undefined) {
    if (configured === undefined) return undefined;
    throw new Breakage("tool-config", {
      message: `the baseline ${path} does not exist`,
      fix: [`detect-secrets scan > ${path}`, "or take `baseline` out of the options"],
      where: [path],
    });
  }
  const { version, plugins_used, filters_used, results } = parse(bytes.toString("utf8"), path);
  const plugins = plugins_used.filter((plugin) => !("path" in plugin));
  const filters = filters_used.filter((filter) => isHarmless(filter.path));
  const entries = Object.entries(results).flatMap(([file, list]) =>
    list.map((item) => ({ file: posix.normalize(file.replaceAll("\\", "/")), ...item })),
  );
  const audits = new Map<string, Audit>();
  for (const { file, type, hashed_secret, is_secret } of entries) {
    const audit = is_secret === true ? "real" : is_secret === false ? "harmless" : "unaudited";
    for (const name of [key(file, hashed_secret, type), key(file, hashed_secret)]) {
      if (audits.get(name) !== "real") audits.set(name, audit);
    }
  }
  return {
    path,
    settings: { version, plugins_used: plugins, filters_used: filters },
    refused: [
      ...plugins_used.filter((plugin) => "path" in plugin).map((plugin) => plugin.name),
      ...filters_used
        .map((filter) => filter.path)
        .filter((filter) => !isHarmless(filter) && filter !== verification),
    ],
    size: entries.length,
    audit: ({ file, hash, type }) => audits.get(key(file, hash, type)),
    auditValue: (file, hash) => audits.get(key(file, hash)),
    async assertUnchanged() {
      const now = await read(root, path);
      if (now?.equals(bytes)) return;
      throw new Breakage("mismatch", {
        message: `the baseline ${path} changed while it was in use`,
        why: "A scan that writes to its baseline accepts what it should report.",
        where: [path],
      });
    },
  };
}

/** Sends found credentials to their service to see whether they work; the scan runs with `--no-verify`. */
const verification = "detect_secrets.filters.common.is_ignored_due_to_verification_policies";

/** Only the tool's own filters: `file://` names and foreign modules would be imported, that is, run. */
function isHarmless(filter: string): boolean {
  return /^detect_secrets\.filters\.[a-z]+\.[a-z_]+$/.test(filter) && filter !== verification;
}

function key(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function parse(text: string, path: string): z.infer<typeof schema> {
  try {
    return parseReport(schema, text, `the baseline ${path}`);
  } catch (cause) {
    throw new Breakage("tool-config", {
      message: `${path} is no baseline of detect-secrets 1.x`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: [`detect-secrets scan --baseline ${path}`],
      where: [path],
      cause,
    });
  }
}

async function read(root: string, path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(root, path));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new Breakage("tool-config", {
      message: `the baseline ${path} cannot be read`,
      where: [path],
      cause,
    });
  }
}
