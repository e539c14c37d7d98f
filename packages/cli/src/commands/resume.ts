import { TowpathError, type RunRow } from "@towpath/core";
import { carryOn } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { printDocument } from "../print-document.ts";
import { withProject } from "../project.ts";
import { when } from "../when.ts";
import { worstExit } from "../exit-codes.ts";

/** The flags of `resume`. */
export interface ResumeFlags {
  readonly due?: boolean;
  readonly wait?: boolean;
  readonly acceptPluginChange?: boolean;
}

/** `towpath resume`: goes on with a run, with the last one that is not over, or with all whose time has come. */
export async function resume(
  id: string | undefined,
  flags: ResumeFlags,
  options: GlobalOptions,
): Promise<number> {
  if (flags.due && id !== undefined)
    throw new TowpathError("TP1001", { message: "--due goes on with every run that is due; name no run" });
  const open = await readJournal(options, (journal) => journal.runs({ open: true }));
  const ids = flags.due ? dueOf(open, Date.now()) : [id ?? lastOf(open)];
  if (ids.length === 0) {
    const waiting = open.filter(({ status }) => status === "parked");
    if (!printDocument(options.reporter, "resumed", { resumed: [], waiting: waiting.map(brief) }))
      process.stdout.write(`nothing is due\n${waiting.map((row) => `  ${line(row)}\n`).join("")}`);
    return 0;
  }
  const exits: number[] = [];
  const how = { wait: flags.wait ?? false, acceptPlugins: flags.acceptPluginChange ?? false };
  for (const run of ids)
    exits.push(await withProject(options, (project) => carryOn(project, run, options, how)));
  return worstExit(exits);
}

/** Those whose time has come, and those that nobody waits for: a machine that died must not hold them for ever. */
function dueOf(open: readonly RunRow[], now: number): readonly string[] {
  return open
    .filter(({ status, wait }) => status === "parked" && wait?.until !== undefined && wait.until <= now)
    .map((row) => row.id)
    .toReversed();
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
