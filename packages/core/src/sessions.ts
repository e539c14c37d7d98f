import type { ContextStore } from "./context-store.ts";
import { isTowpathError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Component } from "./gate.ts";
import { withLimit } from "./guard.ts";
import type { Clock } from "./host.ts";
import type { Journal } from "./journal.ts";
import { journalSessions, mergeMessages } from "./journal-sessions.ts";
import type { Kernel } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import type { StageReport } from "./report.ts";
import {
  brief,
  estimateTokens,
  identityOf,
  importances,
  newSession,
  type Brief,
  type BriefOptions,
  type Message,
  type MessageKind,
  type Session,
} from "./session.ts";
import type { StageName } from "./stages.ts";
import type { StepIO } from "./step.ts";

/** What is written into a session; the rest of the message follows from it. */
export interface Note extends Pick<Message, "content" | "refs"> {
  readonly kind: MessageKind;
  /** @default "user" */
  readonly role?: Message["role"];
}

/** The sessions of a run's components. */
export interface Sessions {
  /** Writes down how a stage ended, together with the step's outcome. A component in production ends its session. */
  record(report: StageReport, io: Pick<StepIO, "message">): Promise<void>;
  /** Writes something down, together with the step's outcome; nothing when the run has no session of the component. */
  note(component: string, note: Note, io: Pick<StepIO, "message">): Promise<void>;
  /** What the session remembers, within a budget of tokens; what this step wrote down is among it. */
  brief(component: string, budget: number, options?: Omit<BriefOptions, "count">): Brief;
  /**
   * Saves what the journal holds by now, and puts a session aside that has ended. Called between steps: a store is told
   * of nothing that a crash could take back. Failures become warnings.
   */
  flush(): Promise<void>;
  all(): readonly Session[];
}

/** What the sessions of a run are opened with. */
export interface SessionsParts {
  readonly kernel: Kernel;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Limit of one call of a store in milliseconds. */
const storeLimitMs = 60_000;

/** What the message about a stage is about. */
export const stageKinds: Readonly<Record<StageName, MessageKind>> = {
  specification: "requirements",
  implementation: "architectural_decisions",
  testing: "test_results",
  refactoring: "refactoring_decisions",
  staging: "deployment_status",
  production: "production_status",
};

type Warning = Events["warning"];
type Warn = (warning: Warning) => void;

interface OpeningParts extends SessionsParts {
  readonly warn: Warn;
}

interface Open {
  readonly id: string;
  /** What the store held when the run began. */
  readonly stored: readonly Message[];
  /** What steps have handed over that had not ended yet. */
  readonly pending: Message[];
  /** How many messages of the journal were saved. */
  saved: number;
}

/**
 * Loads the components' sessions through the `loadSession` hook, or begins new ones. What was said in them comes from
 * the journal, so that nothing is lost or doubled; what people and other tools wrote comes from the store, untrusted. A
 * store that cannot be read costs a warning, never the run.
 */
export async function openSessions(parts: SessionsParts, run: string): Promise<Sessions> {
  const { kernel, plan, journal, clock } = parts;
  const open = new Map<string, Open>();
  /** What is to be told when the run has begun: before that, no event belongs to it. */
  let untold: Warning[] | undefined = [];
  const warn: Warn = (warning) => {
    if (untold === undefined) kernel.bus.emit("warning", warning);
    else untold.push(warning);
  };
  if (plan.kind === "run") {
    for (const component of plan.components)
      open.set(component.name, await openOne({ ...parts, warn }, component, run));
  }
  const store = kernel.store();
  const count =
    store === undefined || kernel.agent() === undefined || open.size === 0
      ? estimateTokens
      : ((await attempt(warn, store, "to load its tokenizer", () => store.counter())) ?? estimateTokens);

  const journaled = (component: string, { id }: Open): readonly Message[] =>
    journalSessions(journal, component).find((session) => session.id === id)?.messages ?? [];
  const sessionOf = (component: string, one: Open): Session => ({
    id: one.id,
    component,
    messages: mergeMessages(one.stored, journaled(component, one)),
  });
  const say = (component: string, one: Open, said: Said, io: Pick<StepIO, "message">): Message => {
    const message: Message = {
      role: "user",
      ...said,
      at: new Date(clock.now()).toISOString(),
      untrusted: true,
      run,
      session: one.id,
    };
    io.message(component, message);
    return message;
  };

  const sessions: Sessions = {
    async record(report, io) {
      await sessions.flush();
      const { stage, status } = report;
      if (stage === "check") return;
      const kind = stageKinds[stage];
      const closes = stage === "production" && status === "passed" ? ({ closes: true } as const) : {};
      for (const [name, one] of open) {
        const content = summary(report, name);
        say(name, one, { content, kind, importance: importances[kind], ...closes }, io);
      }
    },
    async note(component, note, io) {
      const one = open.get(component);
      if (one === undefined) return;
      one.pending.push(say(component, one, { ...note, importance: importances[note.kind] }, io));
    },
    brief(component, budget, options = {}) {
      const one = open.get(component);
      const session = one && sessionOf(component, one);
      const known = new Set(session?.messages.map(identityOf));
      const pending = one?.pending.filter((message) => !known.has(identityOf(message))) ?? [];
      const messages = [...(session?.messages ?? []), ...pending];
      return brief({ id: one?.id ?? "", component, messages }, budget, { ...options, count });
    },
    async flush() {
      for (const warning of untold ?? []) kernel.bus.emit("warning", warning);
      untold = undefined;
      for (const [name, one] of open) {
        one.pending.length = 0;
        const own = journaled(name, one);
        if (own.length === one.saved) continue;
        await kernel.hooks.saveSession.promise(sessionOf(name, one));
        one.saved = own.length;
        if (store !== undefined && own.some(({ closes }) => closes === true))
          await attempt(warn, store, `to archive ${one.id}`, () => store.archive(one.id));
      }
    },
    all: () => [...open].map(([name, one]) => sessionOf(name, one)),
  };
  return sessions;
}

type Said = Pick<Message, "content" | "importance"> &
  Partial<Pick<Message, "role" | "kind" | "refs" | "closes">>;

async function openOne(parts: OpeningParts, component: Component, run: string): Promise<Open> {
  const { kernel, journal, clock, warn } = parts;
  const { name } = component;
  const known = journalSessions(journal, name);
  const own = known.findLast(({ messages }) => messages.some((message) => message.run === run));
  const opened = (id: string, stored: readonly Message[]): Open => ({ id, stored, pending: [], saved: 0 });
  const store = kernel.store();
  // A run that was interrupted goes on in its own session, whatever has become the newest since.
  if (own !== undefined && store !== undefined) {
    const read = await attempt(warn, store, `to read ${own.id}`, () => store.read(own.id));
    return opened(own.id, read?.messages ?? (await headOf(parts, component)));
  }
  const loaded = await load(
    parts,
    name,
    run,
    new Set(known.filter(({ archived }) => archived).map(({ id }) => id)),
  );
  if (own !== undefined) return opened(own.id, loaded?.id === own.id ? loaded.messages : []);
  if (loaded !== undefined) return opened(loaded.id, loaded.messages);
  const last = known.at(-1);
  if (last !== undefined && !last.archived) return opened(last.id, await headOf(parts, component));
  const listed = store && (await attempt(warn, store, "to list its sessions", () => store.list()));
  const taken = [...known, ...(listed ?? [])].map(({ id }) => id);
  return opened(newSession(name, clock.now(), taken).id, await headOf(parts, component));
}

/** The newest session that has not ended. One that has, and that nobody could put aside then, is put aside now. */
async function load(
  { kernel, warn }: OpeningParts,
  component: string,
  run: string,
  ended: ReadonlySet<string>,
): Promise<Session | undefined> {
  const store = kernel.store();
  for (const tried = new Set<string>(); ;) {
    const loaded = await attempt(warn, store, "to load the session", () =>
      kernel.hooks.loadSession.promise({ component, run }),
    );
    if (loaded === undefined || !ended.has(loaded.id)) return loaded ?? undefined;
    if (store === undefined || tried.has(loaded.id)) return undefined;
    tried.add(loaded.id);
    await attempt(warn, store, `to archive ${loaded.id}`, () => store.archive(loaded.id));
  }
}

async function headOf({ kernel, warn }: OpeningParts, component: Component): Promise<readonly Message[]> {
  const store = kernel.store();
  const head = store && (await attempt(warn, store, "to begin a session", () => store.head(component)));
  for (const message of head?.problems ?? []) warn({ message, code: "TP6202" });
  return head?.messages ?? [];
}

/** What a store answers; a failure is told, and changes nothing else. */
async function attempt<T>(
  warn: Warn,
  store: ContextStore | undefined,
  what: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  const name = store?.name ?? "a plugin";
  try {
    return await withLimit(ask(), storeLimitMs, `${name}: ${what}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const code = isTowpathError(error) ? error.data.code : "TP1301";
    warn({ message: `${name} was not able ${what}: ${reason}`, code });
    return undefined;
  }
}

function summary(report: StageReport, component: string): string {
  const lines = report.results
    .filter((result) => result.component === component)
    .map((result) => {
      const figures = result.measurements.map(
        (m) => `${m.name} ${m.value} ${m.operator} ${m.threshold} ${m.unit}`,
      );
      const detail = result.error?.message ?? figures.join(", ");
      return `- ${result.gate}: ${result.verdict}${detail === "" ? "" : ` (${detail})`}`;
    });
  const reason = report.reason === undefined ? "" : ` ${report.reason}`;
  return [`Stage ${report.stage} ${report.status}.${reason}`, ...lines].join("\n");
}
