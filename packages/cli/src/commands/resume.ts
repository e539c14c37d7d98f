import { dueRuns, isTowpathError, TowpathError, type RunRow, type Settlement } from "@towpath/core";
import { carryOn, type CarryOnOptions } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { printDocument } from "../print-document.ts";
import { printError } from "../print-error.ts";
import { withProject } from "../project.ts";
import { when } from "@towpath/report";
import { exitOfError, worstExit } from "../exit-codes.ts";

/** The flags of `resume`. */
export interface ResumeFlags {
  readonly due?: boolean;
  readonly wait?: boolean;
  readonly acceptPluginChange?: boolean;
  readonly settle?: Settlement;
}

/** `towpath resume`: goes on with a run, with the last one that is not over, or with all whose time has come. */
export async function resume(
  id: string | undefined,
  flags: ResumeFlags,
  options: GlobalOptions,
): Promise<number> {
  if (flags.due && id !== undefined)
    throw new TowpathError("TP1001", { message: "--due goes on with every run that is due; name no run" });
  if (flags.settle !== undefined && id === undefined)
    throw new TowpathError("TP1001", { message: "--settle speaks of one run; name it" });
  const { open, due } = await readJournal(options, (journal) => ({
    open: journal.runs({ open: true }),
    due: dueRuns(journal, Date.now()),
  }));
  const { settle } = flags;
  const how: CarryOnOptions = {
    wait: flags.wait ?? false,
    acceptPlugins: flags.acceptPluginChange ?? false,
    ...(settle === undefined ? {} : { settle }),
  };
  const goOn = (run: string): Promise<number> =>
    withProject(options, (project) => carryOn(project, run, options, how));
  if (!flags.due) return goOn(id ?? lastOf(open));
  if (due.length === 0) {
    const waiting = open.filter(({ status }) => status === "parked");
    if (!printDocument(options.reporter, "resumed", { resumed: [], waiting: waiting.map(brief) }))
      process.stdout.write(`nothing is due\n${waiting.map((row) => `  ${line(row)}\n`).join("")}`);
    return 0;
  }
  const exits: number[] = [];
  for (const run of due) {
    try {
      const exit = await goOn(run.id);
      exits.push(exit);
      // Who stops one means all that would follow.
      if (exit >= 128) break;
    } catch (error) {
      // A process works on it at this moment: it was not interrupted.
      if (isTowpathError(error) && error.data.code === "TP6101") continue;
      // One that cannot go on must not keep the others waiting.
      const exit = exitOfError(error);
      printError(error, { flags: options, exit });
      exits.push(exit);
    }
  }
  return worstExit(exits);
}

function lastOf(open: readonly RunRow[]): string {
  const last = open.find(({ plan }) => plan.kind !== "check");
  if (last) return last.id;
  throw new TowpathError("TP6003", {
    message: "no run is waiting or interrupted",
    fix: ["towpath runs list"],
  });
}

function brief({ id, wait }: RunRow): Readonly<Record<string, unknown>> {
  return { run: id, wait };
}

function line({ id, wait }: RunRow): string {
  const until = wait?.until === undefined ? "" : ` until ${when(wait.until)}`;
  return `${id} waits for ${wait?.for ?? "something"}${until}`;
}
