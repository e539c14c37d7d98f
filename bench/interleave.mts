import { spawn } from "node:child_process";

/** A program with its arguments, and where it runs. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Exit codes that mean the work was done. @default [0] */
  readonly codes?: readonly number[];
}

/** Something that can be timed, in milliseconds of wall time. */
export type Timed = () => Promise<number>;

/** The ratio of two timings, over pairs taken in turn. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Medians in milliseconds, for orientation: only the ratio compares. */
  readonly oursMs: number;
  readonly theirsMs: number;
}

/** Times one run of a command. @throws {Error} when it does not end with one of its codes */
export async function time(command: Command): Promise<number> {
  const begun = performance.now();
  const code = await new Promise<number | null>((resolve, reject) => {
    const [program = "", ...args] = command.argv;
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: "ignore",
    });
    child.on("error", reject);
    child.on("exit", resolve);
  });
  const took = performance.now() - begun;
  if (code === null || !(command.codes ?? [0]).includes(code)) {
    throw new Error(`${command.argv.join(" ")} ended with ${code} in ${command.cwd}`);
  }
  return took;
}

/**
 * Runs ours and theirs in turn, A B A B …, after one warm-up of each, so that both meet the same machine.
 * @param pairs counted pairs
 */
export async function interleave(ours: Timed, theirs: Timed, pairs: number): Promise<Ratio> {
  await ours();
  await theirs();
  const rows: { readonly ours: number; readonly theirs: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) rows.push({ ours: await ours(), theirs: await theirs() });
  const ratios = rows.map((row) => row.ours / row.theirs).toSorted((a, b) => a - b);
  return {
    median: median(ratios),
    min: ratios[0] ?? Number.NaN,
    max: ratios.at(-1) ?? Number.NaN,
    oursMs: median(rows.map((row) => row.ours)),
    theirsMs: median(rows.map((row) => row.theirs)),
  };
}

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Runs commands two at a time in the given order and times the whole: a scheduler that adds next to nothing. */
export async function timeTwoAtATime(commands: readonly Command[]): Promise<number> {
  const begun = performance.now();
  const queue = [...commands];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await time(next);
  };
  await Promise.all([worker(), worker()]);
  return performance.now() - begun;
}
