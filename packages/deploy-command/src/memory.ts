import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Breakage, type DeployContext, type TargetContext } from "@towpath/core";
import { parseReport, writeAtomic } from "@towpath/kit";
import { z } from "zod";
import {
  epochList,
  type Memory,
  type RunEpoch,
  sha256,
  type TargetState,
  type Verified,
  verifiedList,
} from "./target-state.ts";

/** How many verified releases, rejected ones and runs are remembered of each. */
const kept = 50;

const stored: z.ZodType<Memory & { readonly schemaVersion: 1 }> = z.object({
  schemaVersion: z.literal(1),
  verified: verifiedList,
  rejected: z.array(sha256),
  epochs: epochList,
});

/**
 * What is known of releases at a target: what the target itself remembers, else
 * `.towpath/targets/<environment>/<component>.json`. Where there is no such file yet, as in a fresh checkout, what the
 * target runs is taken for good, since a rollback must not take away what ran before.
 * @throws {Breakage} `parse` when the file is damaged, `environment` when it cannot be read
 */
export async function recall(ctx: TargetContext, state: TargetState): Promise<Memory> {
  if (state.memory !== undefined) return state.memory;
  let text: string;
  try {
    text = await readFile(fileOf(ctx), "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return foundAt(state);
    throw new Breakage("environment", { message: `${fileOf(ctx)} cannot be read`, cause });
  }
  const { verified, rejected, epochs } = parseReport(stored, text, fileOf(ctx));
  return { verified, rejected, epochs };
}

/**
 * Writes down what is known, where the target does not remember it itself.
 * @throws {Breakage} `environment`
 */
export async function remember(ctx: TargetContext, state: TargetState, memory: Memory): Promise<void> {
  if (state.memory !== undefined) return;
  const file = fileOf(ctx);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeAtomic(file, `${JSON.stringify({ schemaVersion: 1, ...memory }, undefined, 2)}\n`);
  } catch (cause) {
    throw new Breakage("environment", { message: `${file} cannot be written`, cause });
  }
}

/** The memory after a release stood its watch. */
export function withVerified({ verified, rejected, epochs }: Memory, release: Verified): Memory {
  return {
    epochs,
    verified: [...verified.filter(({ digest }) => digest !== release.digest), release].slice(-kept),
    rejected: rejected.filter((digest) => digest !== release.digest),
  };
}

/** The memory after a release was found bad. */
export function withRejected({ verified, rejected, epochs }: Memory, bad: string): Memory {
  return {
    epochs,
    verified: verified.filter(({ digest }) => digest !== bad),
    rejected: [...rejected.filter((digest) => digest !== bad), bad].slice(-kept),
  };
}

/**
 * The memory after an owner of a run came.
 * @throws {Breakage} `environment` when a later owner of the same run has been there
 */
export function admit(
  memory: Memory,
  { run, epoch, environment }: DeployContext,
  state: TargetState,
): Memory {
  const seen = memory.epochs.find((one) => one.run === run)?.epoch ?? 0;
  const latest = state.run === run ? Math.max(seen, state.epoch ?? 0) : seen;
  if (latest > epoch) {
    throw new Breakage("environment", {
      message: `${environment} is taken (TP5008): a newer owner of the run ${run} has been there`,
      why: `Owner ${latest} of the run came after this one, which is ${epoch}.`,
      fix: ["towpath status"],
    });
  }
  const others = memory.epochs.filter((one) => one.run !== run);
  const own: RunEpoch = { run, epoch };
  return { ...memory, epochs: [...others, own].slice(-kept) };
}

/** The release to go back to from `digest`: the last one that stood its watch and was not found bad since. */
export function previousOf({ verified, rejected }: Memory, digest: string): Verified | undefined {
  return verified.findLast((one) => one.digest !== digest && !rejected.includes(one.digest));
}

function foundAt({ digest, image }: TargetState): Memory {
  return { verified: digest === undefined ? [] : [{ digest, image }], rejected: [], epochs: [] };
}

function fileOf({ root, environment, component }: TargetContext): string {
  return join(root, ".towpath", "targets", environment, `${component.name}.json`);
}
