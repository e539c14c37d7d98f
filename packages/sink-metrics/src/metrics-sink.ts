import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sink, StoredEvent } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";
import { metricsRow, type MetricsRow } from "./metrics-row.ts";
import type { MetricsOptions } from "./options.ts";

const dayMs = 86_400_000;

/**
 * Appends a row for each finished stage, gate and run to the file of the day on which it began. A batch that comes again
 * adds nothing twice.
 * @param now epoch milliseconds; decides which files are too old
 */
export function metricsSink(
  { root, folder, retentionDays }: MetricsOptions & { readonly root: string },
  now: () => number = Date.now,
): Sink {
  return {
    name: "metrics",
    async deliver(events, _signal, past) {
      const isWorkflow = (run: string): boolean => past.run(run)?.plan.kind === "run";
      const rows = events.flatMap((event) =>
        // The end of a bare check is no workflow that is complete.
        event.event.type === "run:end" && !isWorkflow(event.run) ? [] : withKey(event),
      );
      if (rows.length === 0) return;
      // A folder that leads out of the repository could make us append to, or remove, files of somebody else.
      const path = join(root, toRepoPath(root, folder));
      await mkdir(path, { recursive: true });
      for (const [day, added] of Map.groupBy(rows, ({ row }) => row.started_at.slice(0, 10))) {
        const file = join(path, `${day}.jsonl`);
        const { known, torn } = await keysIn(file);
        const lines = added.filter(({ key }) => !known.has(key)).map(({ row }) => `${JSON.stringify(row)}\n`);
        // In one write, so that a reader sees whole lines; a torn last line is ended first.
        if (lines.length > 0) await appendFile(file, `${torn ? "\n" : ""}${lines.join("")}`);
      }
      await removeOld(path, now() - retentionDays * dayMs);
    },
  };
}

interface Keyed {
  readonly key: string;
  readonly row: MetricsRow;
}

function withKey(event: StoredEvent): readonly Keyed[] {
  const row = metricsRow(event);
  return row === undefined ? [] : [{ key: `${event.run}/${event.seq}`, row }];
}

async function keysIn(
  file: string,
): Promise<{ readonly known: ReadonlySet<string>; readonly torn: boolean }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { known: new Set(), torn: false };
    throw error;
  }
  const keys = text.split("\n").flatMap((line) => keyOf(line) ?? []);
  return { known: new Set(keys), torn: text !== "" && !text.endsWith("\n") };
}

/** The key of a line that we wrote; others, and torn ones, have none. */
function keyOf(line: string): string | undefined {
  try {
    const { run, seq } = JSON.parse(line)?.metadata?.towpath ?? {};
    return typeof run === "string" && typeof seq === "number" ? `${run}/${seq}` : undefined;
  } catch {
    return undefined;
  }
}

async function removeOld(path: string, before: number): Promise<void> {
  for (const name of await readdir(path)) {
    const day = /^(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(name)?.[1];
    if (day !== undefined && Date.parse(day) + dayMs <= before) await rm(join(path, name));
  }
}
