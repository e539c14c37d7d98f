import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { memoryJournal, TowpathError, type CurrentState, type Journal } from "@towpath/core";
import { serveDashboard } from "@towpath/dashboard";
import { sanitize } from "@towpath/kit";
import { findConfig } from "../find-config.ts";
import type { GlobalOptions } from "../global-options.ts";
import { openAddress } from "../open-address.ts";
import { printDocument } from "../print-document.ts";
import { sessionState } from "../session-state.ts";
import { watchSignals } from "../signals.ts";

/** The flags of `dashboard`. */
export interface DashboardFlags {
  readonly port?: string;
  readonly open?: boolean;
}

/**
 * `towpath dashboard`: serves pages about the runs to browsers on this machine until it is stopped, and follows what other
 * processes write. Nothing is written, and nothing can be changed from the pages.
 */
export async function dashboard(flags: DashboardFlags, options: GlobalOptions): Promise<number> {
  const port = portOf(flags.port);
  const loaded = await findConfig(options);
  const root = await realpath(dirname(loaded.path));
  const declared = loaded.raw["components"];
  const components = typeof declared === "object" && declared !== null ? Object.keys(declared) : [];
  const { openJournal } = await import("@towpath/engine-sqlite");
  const journal = journalOf(root, (path) => openJournal({ root: path, readOnly: true }));
  const signals = watchSignals("the server");
  try {
    const server = await serveDashboard({
      port,
      journal: journal.now,
      project: basename(root),
      components,
      current: currentStates(root, journal.now, warn),
      onTrouble: warn,
    });
    try {
      if (!printDocument(options.reporter, "dashboard", { url: server.url }))
        process.stdout.write(`${server.url}\n`);
      if (!options.quiet) process.stderr.write("read only, on this machine alone; Ctrl-C ends it\n");
      if (flags.open === true) await show(server.url, options);
      await ended(signals.signal);
    } finally {
      await server.close();
    }
    return 0;
  } finally {
    signals.stop();
    journal.close();
  }
}

function portOf(text = "0"): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= 65_535) return port;
  throw new TowpathError("TP1001", {
    message: `--port ${text} is no port`,
    fix: ["A number up to 65535; without it, a free one is taken."],
  });
}

function warn(error: unknown): void {
  process.stderr.write(`warning: ${sanitize(String(error))}\n`);
}

/** A journal that may not be there yet: it is empty until another process makes it. */
function journalOf(
  root: string,
  openAt: (root: string) => Journal,
): { readonly now: () => Journal; readonly close: () => void } {
  const empty = memoryJournal();
  let found: Journal | undefined;
  return {
    now() {
      if (found === undefined && existsSync(join(root, ".towpath", "journal.db"))) found = openAt(root);
      return found ?? empty;
    },
    close: () => found?.close(),
  };
}

/** How long what was read of the files that sessions speak of is taken for what there is, in milliseconds. */
const freshMs = 4_000;

/** The pages ask at once, and files are read meanwhile: what has changed shows with the next answer. */
function currentStates(
  root: string,
  journal: () => Journal,
  onTrouble: (error: unknown) => void,
): (component: string) => CurrentState {
  const known = new Map<string, { readonly at: number; readonly state: CurrentState }>();
  const read = async (component: string): Promise<void> => {
    try {
      known.set(component, { at: Date.now(), state: await sessionState(journal(), component, root) });
    } catch (error) {
      onTrouble(error);
    }
  };
  return (component) => {
    const { at, state } = known.get(component) ?? { at: 0, state: {} };
    if (Date.now() - at > freshMs) {
      known.set(component, { at: Date.now(), state });
      void read(component);
    }
    return state;
  };
}

/** An agent gets the address alone: nobody looks at a window that it opens. */
async function show(url: string, { reporter, quiet }: GlobalOptions): Promise<void> {
  if (reporter !== "default") return;
  const trouble = await openAddress(url, process.env);
  if (trouble !== undefined && !quiet)
    process.stderr.write(`${sanitize(trouble)}; open the address yourself\n`);
}

/** Until a signal comes, or the terminal is closed: nobody could end it then. */
function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      process.off("SIGHUP", end);
      resolve();
    };
    process.on("SIGHUP", end);
    signal.addEventListener("abort", end, { once: true });
  });
}
