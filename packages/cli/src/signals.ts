/** Turns signals into a cancelled run. */
export interface Signals {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, if one did. */
  exit(): number | undefined;
  /** To be called when the work is over. */
  stop(): void;
}

const exitOf = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that came when one piece of work was over and the next, if there is one, had not begun. */
let late: keyof typeof exitOf | undefined;

/**
 * The first signal cancels the run, which then stops its gates and reports; a second one ends the process. A run
 * whose terminal is closed goes on. Once the work is over a signal no longer ends the process, whose exit code stands
 * by then; work that begins after it begins cancelled.
 * @param what is stopped, for the message
 */
export function watchSignals(what = "the gates"): Signals {
  const controller = new AbortController();
  let exit: number | undefined;
  const names = Object.keys(exitOf) as (keyof typeof exitOf)[];
  const handle = (name: keyof typeof exitOf): void => {
    // oxlint-disable-next-line unicorn/no-process-exit -- the second signal means: at once
    if (exit !== undefined) process.exit(exitOf[name]);
    exit = exitOf[name];
    process.stderr.write(`\n${name}: stopping ${what}; once more to leave at once\n`);
    controller.abort();
  };
  const goOn = (): void => undefined;
  for (const name of names) process.off(name, remember).on(name, handle);
  process.on("SIGHUP", goOn);
  if (late !== undefined) handle(late);
  return {
    signal: controller.signal,
    exit: () => exit,
    stop() {
      for (const name of names) process.off(name, handle).on(name, remember);
      process.off("SIGHUP", goOn);
    },
  };
}

function remember(name: NodeJS.Signals): void {
  late = name === "SIGINT" ? "SIGINT" : "SIGTERM";
}
