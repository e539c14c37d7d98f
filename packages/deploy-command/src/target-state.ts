import { Breakage } from "@towpath/core";
import { excerpt, parseReport } from "@towpath/kit";
import { z } from "zod";

/** A release that stood its watch. */
export interface Verified {
  readonly digest: string;
  /** Its image, where it has one: what brings it back. */
  readonly image?: string | undefined;
}

/** What is remembered of releases at a target. */
export interface Memory {
  /** The last one last. */
  readonly verified: readonly Verified[];
  /** Digests that were found bad. */
  readonly rejected: readonly string[];
  /** The highest epoch of each of the last runs. */
  readonly epochs: readonly RunEpoch[];
}

/** Which owner of a run was at the target. */
export interface RunEpoch {
  readonly run: string;
  readonly epoch: number;
}

/** Whether what the target runs is well. */
export interface Health {
  readonly state: "healthy" | "starting" | "unhealthy";
  readonly detail: string;
}

/** What a target says of itself. Only a target that answered has a state. */
export interface TargetState {
  /** Names the effect that was done last. */
  readonly key?: string | undefined;
  /** The run that did it. */
  readonly run?: string | undefined;
  /** Which owner of the run that was. */
  readonly epoch?: number | undefined;
  /** The release that it runs. */
  readonly digest?: string | undefined;
  readonly health?: Health | undefined;
  /** What the target itself remembers; absent when it cannot. */
  readonly memory?: Memory | undefined;
  /** Key of the effect that the target has taken back on its own. */
  readonly refused?: string | undefined;
  /** Image that it runs. */
  readonly image?: string | undefined;
  /** Image that ran before the first release came. */
  readonly found?: string | undefined;
  /** The target's own version of its state. */
  readonly version?: string | undefined;
}

/** A key or a digest: sha256 in hexadecimal. */
export const sha256: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/);
/** What a target remembers of releases that stood their watch; a bare digest is one without an image. */
export const verifiedList: z.ZodType<readonly Verified[]> = z.array(
  z.union([
    sha256.transform((digest): Verified => ({ digest })),
    z.object({ digest: sha256, image: z.string().min(1).optional() }),
  ]),
);
/** Id of a run. */
export const runId: z.ZodType<string> = z.string().regex(/^[\w.:+-]{1,200}$/);
/** An epoch as a number, or as the text that a label must be. */
export const epochOf: z.ZodType<number> = z
  .union([z.int().min(0), z.string().regex(/^\d{1,15}$/)])
  .transform(Number);
/** Which owners of runs were there. */
export const epochList: z.ZodType<readonly RunEpoch[]> = z.array(z.object({ run: runId, epoch: epochOf }));

const answer = z
  .object({
    key: sha256.nullish(),
    run: runId.nullish(),
    epoch: epochOf.nullish(),
    digest: sha256.nullish(),
    health: z.enum(["healthy", "starting", "unhealthy"]).nullish(),
    verified: verifiedList.nullish(),
    rejected: z.array(sha256).nullish(),
  })
  .nullable()
  .refine(
    (state) =>
      (state?.key == null) === (state?.epoch == null) && (state?.key == null) === (state?.run == null),
    "key, run and epoch belong together",
  )
  .refine((state) => state?.digest == null || state.key != null, "a digest without a key");

const line = /^([0-9a-f]{64})[ \t]+([\w.:+-]{1,200})[ \t]+(\d{1,15})(?:[ \t]+([0-9a-f]{64}))?$/;

/**
 * Reads the answer of a `probe` command: a JSON object `{key, run, epoch, digest, health?, verified?, rejected?}`,
 * `null` or `{}` for a target that holds nothing, or one line `key run epoch digest`. An empty answer is none.
 * @throws {Breakage} `parse`
 */
export function readAnswer(stdout: string): TargetState {
  const text = stdout.trim();
  const [, key, run, epoch, digest] = line.exec(text) ?? [];
  if (key !== undefined) return { key, run, epoch: Number(epoch), digest };
  if (text === "") throw new Breakage("parse", { message: "the probe printed nothing" });
  const state = parseReport(answer, text, "the answer of the probe");
  if (state === null) return {};
  const { health, verified, rejected } = state;
  return {
    key: state.key ?? undefined,
    run: state.run ?? undefined,
    epoch: state.epoch ?? undefined,
    digest: state.digest ?? undefined,
    health: health == null ? undefined : { state: health, detail: `the target says ${excerpt(health)}` },
    memory:
      verified == null && rejected == null
        ? undefined
        : { verified: verified ?? [], rejected: rejected ?? [], epochs: [] },
  };
}
