import { readFile } from "node:fs/promises";
import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** An effect that was done at the target. */
export interface Effect {
  readonly key: string;
  readonly run: string;
  readonly epoch: number;
}

/** `RELEASE.json`: written last into a release's folder, so that a folder without it is half-made. */
export interface ReleaseRecord extends Effect {
  readonly digest: string;
  /** ISO time. */
  readonly at: string;
  /** The failure that a drill planted. */
  readonly sabotage?: string | undefined;
  /** The rollbacks that ended here, the last one last. They count while `current` leads here. */
  readonly rollbacks: readonly Effect[];
}

/** A release that was found bad. */
export interface Rejection {
  readonly digest: string;
  readonly reason: string;
  /** The `apply` that refused it, if it never took the place of what ran. */
  readonly key?: string | undefined;
}

/** `.deploy/state.json`: what the target remembers beside its releases. */
export interface TargetState {
  /** The highest epoch of each of the last runs. */
  readonly epochs: readonly { readonly run: string; readonly epoch: number }[];
  /** Digests that stood their watch, the last one last. */
  readonly verified: readonly string[];
  readonly rejected: readonly Rejection[];
  /** The rollback that found nothing to go back to; it counts while there is no `current`. */
  readonly emptied?: Effect | undefined;
}

const effect = { key: z.string(), run: z.string(), epoch: z.int() };

const releaseRecord: z.ZodType<ReleaseRecord> = z.object({
  ...effect,
  digest: z.string(),
  at: z.string(),
  sabotage: z.string().optional(),
  rollbacks: z.array(z.object(effect)),
});

const targetState: z.ZodType<TargetState> = z.object({
  epochs: z.array(z.object({ run: z.string(), epoch: z.int() })),
  verified: z.array(z.string()),
  rejected: z.array(z.object({ digest: z.string(), reason: z.string(), key: z.string().optional() })),
  emptied: z.object(effect).optional(),
});

/** Reads a `RELEASE.json`. @returns undefined when there is none @throws {Breakage} `parse` when it cannot be read */
export function readReleaseRecord(path: string): Promise<ReleaseRecord | undefined> {
  return readJson(path, releaseRecord);
}

/** Reads a `state.json`; where there is none, nothing has happened yet. @throws {Breakage} `parse` */
export async function readTargetState(path: string): Promise<TargetState> {
  return (await readJson(path, targetState)) ?? { epochs: [], verified: [], rejected: [] };
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new Breakage("environment", { message: `${path} cannot be read: ${error.message}`, cause: error });
  });
  return text === undefined ? undefined : parseReport(schema, text, path);
}
