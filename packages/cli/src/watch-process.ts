/** How long what a plugin left open may keep the process from ending, in milliseconds. */
const lingerMs = 2_000;

function leave(exit: typeof process.exitCode): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- what a plugin began may never end by itself
  process.exit(exit);
}

const pendingSources: (() => readonly string[])[] = [];

/** Lets the watch name what never settled. @param source what is pending now, as `(plugin) hook` */
export function watchPending(source: () => readonly string[]): void {
  pendingSources.push(source);
}

/**
 * Keeps plugins, which run in this process, from ending it in a way that looks like a verdict: by `process.exit`, by an
 * error or a rejection that nobody catches, by a promise that nobody settles, or not at all.
 * @param report shows an error and answers with its exit code
 * @returns to be called when the exit code stands
 */
export function watchProcess(report: (error: unknown) => Promise<number>): () => void {
  let settled = false;
  const die = async (thrown: unknown): Promise<void> => {
    if (settled) {
      process.stderr.write(
        `warning: after the end: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
      );
      return;
    }
    settled = true;
    leave(await report(thrown).catch(() => 3));
  };
  const unsettled = async (): Promise<void> => {
    if (settled) return;
    const { TowpathError } = await import("@towpath/core");
    await die(
      new TowpathError("TP1302", {
        message: "a hook or gate never settled, so nothing was decided",
        where: pendingSources.flatMap((source) => source()),
      }),
    );
  };
  process.on("uncaughtException", (error) => void die(error));
  process.on("unhandledRejection", (error) => void die(error));
  // A promise that nobody will ever settle empties the event loop; Node alone would then end as if all were well.
  process.on("beforeExit", () => void unsettled());
  process.on("exit", (code) => {
    // From 128 on it says which signal ended the process.
    if (settled || code >= 128) return;
    process.stderr.write("error the process was ended before anything was decided\n");
    process.exitCode = 3;
  });
  return () => {
    settled = true;
    // It fires only when something else keeps the process alive.
    setTimeout(() => {
      process.stderr.write("warning: a plugin left something running, which is left behind\n");
      leave(process.exitCode);
    }, lingerMs).unref();
  };
}
