import {
  isTowpathError,
  journalSessions,
  mergeMessages,
  TowpathError,
  type ContextStore,
  type Journal,
  type Session,
} from "@towpath/core";
import type { GlobalOptions } from "../global-options.ts";
import { openEngine } from "../open-engine.ts";
import { readJournal } from "../open-journal.ts";
import { withProject, type Project } from "../project.ts";

/** A session, by what the store and the journal hold of it. */
export interface FoundSession extends Session {
  readonly archived: boolean;
}

/** A session in a list. One whose file cannot be used has a problem in place of messages. */
export type ListedSession =
  | FoundSession
  | (Pick<FoundSession, "id" | "component" | "archived"> & { readonly problem: TowpathError["data"] });

/** The sessions of a project. */
export interface ProjectSessions {
  readonly project: Project;
  readonly journal: Journal;
  /** Where they are kept besides the journal. */
  readonly store: ContextStore | undefined;
  /** Newest first, archived ones last. */
  list(): Promise<readonly ListedSession[]>;
  /**
   * The session of that name, or the one that a component goes on from; without a name, the only one there is.
   * @throws {TowpathError} TP6201 when there is none, TP6202 when its file cannot be used, TP1001 when several could be
   *   meant
   */
  find(name: string | undefined): Promise<FoundSession>;
}

/**
 * Opens the project with its sessions and works with them. To write, the journal is opened beside a run that goes on.
 * @throws {TowpathError} what opening project and journal and the work throw
 */
export function withSessions<T>(
  options: GlobalOptions,
  access: "read" | "write",
  work: (sessions: ProjectSessions) => Promise<T>,
): Promise<T> {
  return withProject(options, async (project) => {
    if (access === "read") return readJournal(options, (journal) => work(sessionsOf(project, journal)));
    const engine = await openEngine(project.root, true);
    try {
      return await work(sessionsOf(project, engine.journal));
    } finally {
      engine.close();
    }
  });
}

type SessionName = Pick<FoundSession, "id" | "component" | "archived">;

/** How many of the last runs are asked for components that the configuration does not declare. */
const runsAsked = 200;

function sessionsOf(project: Project, journal: Journal): ProjectSessions {
  const store = project.kernel.store();

  /** @param named a component that nothing else may tell of, or the session of one */
  const names = async (named = ""): Promise<readonly SessionName[]> => {
    const stored = (await store?.list()) ?? [];
    const runs = journal.runs({ limit: runsAsked });
    const components = new Set([
      ...Object.keys(project.config.components),
      ...stored.map(({ component = "" }) => component),
      ...runs.flatMap(({ plan }) => plan.components.map(({ name }) => name)),
      named.replace(/-workflow-\d{4}-\d{2}-\d{2}(?:-\d+)?$/, ""),
    ]);
    const known = new Set(stored.map(({ id }) => id));
    const journaled = [...components]
      .flatMap((component) => journalSessions(journal, component))
      .filter(({ id }) => !known.has(id))
      .toSorted((a, b) => beginOf(b).localeCompare(beginOf(a)));
    const all = [...stored.map(({ component = "", ...one }) => ({ ...one, component })), ...journaled];
    return all.toSorted((a, b) => Number(a.archived) - Number(b.archived));
  };

  const read = async ({ id, component, archived }: SessionName): Promise<FoundSession> => {
    const stored = await store?.read(id);
    const own = journalSessions(journal, component).find((session) => session.id === id);
    return {
      id,
      component,
      archived: archived || own?.archived === true,
      messages: mergeMessages(stored?.messages ?? [], own?.messages ?? []),
    };
  };

  return {
    project,
    journal,
    store,
    async list() {
      const listed: ListedSession[] = [];
      for (const name of await names()) {
        try {
          listed.push(await read(name));
        } catch (error) {
          if (!isTowpathError(error)) throw error;
          const { id, component, archived } = name;
          listed.push({ id, component, archived, problem: error.data });
        }
      }
      return listed;
    },
    async find(name) {
      const all = await names(name);
      if (name === undefined) {
        const open = all.filter(({ archived }) => !archived);
        const [first] = open;
        if (first !== undefined && new Set(open.map(({ component }) => component)).size === 1)
          return read(first);
        if (first === undefined)
          throw new TowpathError("TP6201", {
            message: "there is no session",
            fix: ["towpath context new <component>"],
          });
        throw new TowpathError("TP1001", {
          message: "which session? Several components have one",
          fix: open.map(({ id }) => `towpath context show ${id}`).slice(0, 10),
        });
      }
      const found =
        all.find(({ id }) => id === name) ?? all.find((one) => one.component === name && !one.archived);
      if (found !== undefined) return read(found);
      throw new TowpathError("TP6201", {
        message: `there is no session ${JSON.stringify(name.slice(0, 128))}, and no component of that name has one`,
        fix: ["towpath context list", "towpath context new <component>"],
      });
    },
  };
}

function beginOf({ messages }: Session): string {
  return messages[0]?.at ?? "";
}
