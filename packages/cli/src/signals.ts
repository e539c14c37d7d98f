/** Turns signals into a cancelled run. */
export interface Signals {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, if one did. */
  exit(): number | undefined;
  stop(): void;
}

const exitOf = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The first signal cancels the run, which then stops its gates and reports; a second one ends the process. A run
 * whose terminal is closed goes on.
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
  for (const name of names) process.on(name, handle);
  process.on("SIGHUP", goOn);
  return {
    signal: controller.signal,
    exit: () => exit,
    stop() {
      for (const name of names) process.off(name, handle);
      process.off("SIGHUP", goOn);
    },
  };
}
