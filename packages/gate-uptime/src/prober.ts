import {
  Breakage,
  type Clock,
  deploymentIn,
  type Deployment,
  type Environment,
  type Exec,
  type Records,
  type Sample,
} from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { type Alert, type Alerter, watchOutages } from "./alert.ts";
import { durationInWords } from "./duration.ts";
import type { UptimeOptions } from "./options.ts";
import { probe } from "./probe.ts";

/** What a prober needs. */
export interface ProberParts {
  readonly component: string;
  readonly environment: Environment;
  readonly options: UptimeOptions;
  /** What is on record about the component: the release to probe is read anew each time. */
  readonly records: Records;
  /** Writes samples down. A prober ends when this throws. */
  write(samples: readonly Sample[]): void;
  readonly clock: Clock;
  readonly exec: Exec;
  /** Ends the prober. */
  readonly signal: AbortSignal;
  /** Told of each sample, once it is written down. */
  onSample?(sample: Sample): void;
  /** Told of what a person should know: an alert that was not delivered, an environment that runs nothing. */
  log?(line: string): void;
  /** Delivers alerts. @default nobody is told */
  readonly alert?: Alerter;
}

interface Reading {
  readonly wall: number;
  readonly monotonic: number;
}

/** Long waits are slept in pieces, so that a machine that was asleep, or whose clock was set, is noticed. */
const longestSleepMs = 3_600_000;

/**
 * Probes once, for the interval that is running now, and writes the sample down.
 * @throws {Breakage} `no-input` when the environment runs nothing or has no address, `cancelled` by the signal; and what
 * `records` and `write` throw
 */
export async function probeOnce(parts: ProberParts): Promise<Sample> {
  const { clock, options, records, environment, component } = parts;
  const deployment = deploymentIn(await records.facts(), environment);
  if (deployment === undefined)
    throw new Breakage("no-input", {
      message: `${environment} runs no release of ${component}`,
      fix: [`towpath run --component ${component} --target ${environment}`],
    });
  const sample = await look(parts, deployment, Math.floor(clock.now() / options.intervalMs));
  if (sample === undefined) throw new Breakage("cancelled", { message: "the probe was cancelled" });
  await keep(parts, deployment, [sample]);
  return sample;
}

/**
 * Probes what the environment runs, until the signal: once in each interval. Intervals begin at multiples of their
 * length since the epoch, so that probes neither drift nor change places when a prober is started again. Intervals that
 * passed while the prober or the machine slept are written down as unknown, and so is the one in which the wall clock
 * leaves the monotonic one by more than an interval. A sample that is down stays down.
 * @returns when the signal is aborted
 * @throws {Breakage} `no-input` when the release has no address and the probe needs one; and what `records` and `write`
 * throw
 */
export async function startProber(parts: ProberParts): Promise<void> {
  const { clock, options, signal } = parts;
  const { intervalMs, windowMs } = options;
  const tell = teller(parts);
  const slotOf = (time: number): number => Math.floor(time / intervalMs);
  let before = read(clock);
  let last = slotOf(before.wall);
  while (!signal.aborted) {
    await sleep(clock, Math.min((last + 1) * intervalMs - clock.now(), longestSleepMs), signal);
    if (signal.aborted) break;
    const now = read(clock);
    const jump = now.wall - before.wall - (now.monotonic - before.monotonic);
    before = now;
    const slot = slotOf(now.wall);
    const jumped = Math.abs(jump) > intervalMs;
    if (slot <= last && !jumped) continue;
    const lastMissed = jumped ? slot : slot - 1;
    const why = jumped
      ? `the clock jumped by ${jump < 0 ? "-" : ""}${durationInWords(Math.abs(jump))}`
      : "the prober slept";
    // More than a window of them would never be read.
    const firstMissed = Math.max(Math.min(last + 1, slot), slot - Math.floor(windowMs / intervalMs));
    last = slot;
    const deployment = await tell.deployment();
    if (deployment === undefined) continue;
    const missed: Sample[] = [];
    for (let one = firstMissed; one <= lastMissed; one++) missed.push(unseen(parts, deployment, one, why));
    await keep(parts, deployment, missed);
    if (jumped) continue;
    const sample = await look(parts, deployment, slot);
    if (sample === undefined) break;
    await keep(parts, deployment, [sample]);
    tell.sample(sample);
  }
  await tell.end();
}

/** Asks once; `undefined` when it was cancelled. */
async function look(parts: ProberParts, deployment: Deployment, slot: number): Promise<Sample | undefined> {
  const { clock, component, options, exec, signal } = parts;
  const begun = read(clock);
  const { state, detail } = await probe({ component, deployment, options, exec, signal });
  if (signal.aborted) return undefined;
  const ended = read(clock);
  // Who was asleep, or whose clock was set, cannot say how long an answer took.
  if (Math.abs(ended.wall - begun.wall) > options.timeoutMs + options.intervalMs)
    return unseen(parts, deployment, slot, "the prober slept while it asked");
  return {
    ...unseen(parts, deployment, slot, detail),
    state,
    ms: Math.round(ended.monotonic - begun.monotonic),
  };
}

function unseen(
  { component, environment, options }: ProberParts,
  { digest }: Deployment,
  slot: number,
  detail: string,
): Sample {
  return { component, environment, digest, t: slot * options.intervalMs, state: "unknown", detail };
}

/** Writes samples down, except where a sample says down already: a clock that is set back must not undo an outage. */
async function keep(parts: ProberParts, { digest }: Deployment, samples: readonly Sample[]): Promise<void> {
  const [first] = samples;
  if (first === undefined) return;
  const { records, environment } = parts;
  const known = await records.samples({ environment, digest, from: first.t });
  const downs = new Set(known.flatMap(({ t, state }) => (state === "down" ? [t] : [])));
  const kept = samples.filter(({ t, state }) => state === "down" || !downs.has(t));
  if (kept.length > 0) parts.write(kept);
  for (const sample of kept) parts.onSample?.(sample);
}

/** What a prober tells people, without waiting for them. */
function teller(parts: ProberParts): {
  deployment(): Promise<Deployment | undefined>;
  sample(sample: Sample): void;
  end(): Promise<void>;
} {
  const { options, records, environment, component, alert } = parts;
  const outages = watchOutages(options.alert?.after ?? 1);
  let idle = false;
  let delivering = Promise.resolve();
  const deliver = async (due: Alert, by: Alerter): Promise<void> => {
    try {
      await by(due);
    } catch (error) {
      outages.failed(due);
      parts.log?.(excerpt(error instanceof Error ? error.message : "the alert was not delivered", 500));
    }
  };
  return {
    async deployment() {
      const deployment = deploymentIn(await records.facts(), environment);
      if (deployment === undefined && !idle) parts.log?.(`${environment} runs no release of ${component}`);
      idle = deployment === undefined;
      return deployment;
    },
    sample(sample) {
      const due = outages.see(sample);
      // One after the other, so that nobody hears of a recovery before the outage.
      if (due !== undefined && alert !== undefined) delivering = delivering.then(() => deliver(due, alert));
    },
    async end() {
      await delivering;
    },
  };
}

function read(clock: Clock): Reading {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
