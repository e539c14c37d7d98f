import { Breakage, type TargetContext } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { ask } from "./ask.ts";
import type { TargetOptions } from "./options.ts";

/** What a look needs. */
export type LookContext = Pick<TargetContext, "clock" | "signal">;

/** Where to look, and by which rules. */
export interface Place {
  readonly port: number;
  readonly rules: Pick<TargetOptions, "health" | "version">;
}

/** Address of a place. */
export function urlOf({ port }: Pick<Place, "port">): string {
  return `http://127.0.0.1:${port}`;
}

/** The digest that a service says it is; undefined when nobody answers, or nothing that could be a digest. */
export async function answeredDigest(
  { port, rules }: Place,
  signal: AbortSignal,
): Promise<string | undefined> {
  const said = await versionOf(port, rules.version.path, rules.version.field, signal);
  return "digest" in said && /^[0-9a-f]{64}$/.test(said.digest) ? said.digest : undefined;
}

/** What is wrong with the release of this digest at a place, or undefined when it answers and is healthy. */
export async function look(
  { port, rules }: Place,
  digest: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { health, version } = rules;
  const answer = await ask(port, health.path, signal);
  if (typeof answer === "string") return `GET ${health.path}: ${excerpt(answer, 300)}`;
  if (answer.status < 200 || answer.status > 299) return `GET ${health.path}: status ${answer.status}`;
  const said = await versionOf(port, version.path, version.field, signal);
  if ("problem" in said) return `GET ${version.path}: ${said.problem}`;
  if (said.digest === digest) return undefined;
  return `GET ${version.path}: ${version.field} is ${excerpt(said.digest, 100)}, not ${digest}`;
}

/**
 * Looks until the release was healthy often enough in a row.
 * @param isAlive whether its process still runs
 * @returns why it is not, when its time to start is over or its process has ended
 * @throws {Breakage} `timeout` when the call is aborted
 */
export async function waitUntilHealthy(
  ctx: LookContext,
  place: Place,
  digest: string,
  isAlive: () => boolean,
): Promise<string | undefined> {
  const { successes, intervalMs, startMs } = place.rules.health;
  const limit = ctx.clock.monotonic() + startMs;
  for (let inARow = 0; ;) {
    const alive = isAlive();
    const problem = await look(place, digest, ctx.signal);
    stillAllowed(ctx);
    inARow = problem === undefined ? inARow + 1 : 0;
    if (inARow >= successes) return undefined;
    if (problem !== undefined && !alive) return `its process ended; ${problem}`;
    if (ctx.clock.monotonic() >= limit) {
      return `not healthy within ${startMs} ms: ${problem ?? `only ${inARow} good answers in a row`}`;
    }
    await pause(ctx, intervalMs);
  }
}

/**
 * Looks for as long as a release must bake.
 * @returns the first problem, if there was one, and how often was looked
 * @throws {Breakage} `timeout` when the call is aborted
 */
export async function bake(
  ctx: LookContext,
  place: Place,
  digest: string,
  bakeMs: number,
): Promise<{ readonly looks: number; readonly problem?: string }> {
  const { successes, intervalMs } = place.rules.health;
  const limit = ctx.clock.monotonic() + bakeMs;
  for (let looks = 1; ; looks++) {
    const problem = await look(place, digest, ctx.signal);
    stillAllowed(ctx);
    if (problem !== undefined) return { looks, problem };
    if (looks >= successes && ctx.clock.monotonic() >= limit) return { looks };
    await pause(ctx, intervalMs);
  }
}

async function pause(ctx: LookContext, ms: number): Promise<void> {
  try {
    await ctx.clock.sleep(ms, ctx.signal);
  } catch (cause) {
    stillAllowed(ctx);
    throw cause;
  }
}

/** An answer that was cut off at the time limit says nothing of the service. */
function stillAllowed({ signal }: LookContext): void {
  if (!signal.aborted) return;
  const message = "the time limit ended the wait for the service";
  throw new Breakage("timeout", { message, cause: signal.reason });
}

async function versionOf(
  port: number,
  path: string,
  field: string,
  signal: AbortSignal,
): Promise<{ readonly digest: string } | { readonly problem: string }> {
  const answer = await ask(port, path, signal);
  if (typeof answer === "string") return { problem: excerpt(answer, 300) };
  if (answer.status !== 200) return { problem: `status ${answer.status}` };
  const digest = fieldOf(answer.body, field);
  return digest === undefined
    ? { problem: `no text \`${field}\` in ${excerpt(answer.body, 200)}` }
    : { digest };
}

function fieldOf(body: string, field: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return undefined;
    const found = Object.entries(value).find(([name]) => name === field)?.[1];
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}
