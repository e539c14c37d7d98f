import {
  architectureContext,
  isTowpathError,
  importances,
  newSession,
  TowpathError,
  type Component,
  type Message,
  type MessageKind,
  type Role,
  type Session,
} from "@towpath/core";
import { sanitize } from "@towpath/kit";
import { when } from "@towpath/report";
import { isAgent } from "std-env";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { componentsOf } from "../project.ts";
import { columns } from "./columns.ts";
import { contextText, indent } from "./context-text.ts";
import { shownSession } from "./context-shown.ts";
import { withSessions, type ListedSession, type ProjectSessions } from "./context-sessions.ts";

/** The flags of `context show`. */
export interface ShowFlags {
  readonly budget?: string;
}

/** The flags of `context add`. */
export interface AddFlags {
  readonly importance?: string;
  readonly kind?: MessageKind;
  readonly role: Role;
}

/** The flags of `context export`. */
export interface ExportFlags {
  readonly format: "json" | "md" | "tta";
  readonly output?: string;
}

/** `towpath context new`: begins a session of a component. */
export function newContext(name: string, options: GlobalOptions): Promise<number> {
  return withSessions(options, "write", async (sessions) => {
    const component = await componentNamed(name, sessions);
    const session = await begin(component, sessions);
    if (
      !printDocument(options.reporter, "context", {
        session: session.id,
        component: name,
        messages: session.messages,
      })
    )
      process.stdout.write(`${session.id} is begun\n`);
    return 0;
  });
}

/** `towpath context list`: the sessions of the project. */
export function listContext(options: GlobalOptions): Promise<number> {
  return withSessions(options, "read", async (sessions) => {
    const listed = (await sessions.list()).map(entryOf);
    if (printDocument(options.reporter, "contexts", { sessions: listed })) return 0;
    const rows = cleanStrings(listed).map(
      ({ session, component, archived, messages, updatedAt, problem }) => [
        session,
        component,
        messages === undefined ? "" : String(messages),
        updatedAt === undefined ? "" : when(Date.parse(updatedAt)),
        problem?.message ?? (archived ? "archived" : ""),
      ],
    );
    const head = ["session", "component", "messages", "last", ""];
    process.stdout.write(rows.length === 0 ? "no sessions yet\n" : columns(head, rows));
    return 0;
  });
}

/** `towpath context show`: a session, or as much of it as fits into a budget. */
export function showContext(
  name: string | undefined,
  flags: ShowFlags,
  options: GlobalOptions,
): Promise<number> {
  const budget = flags.budget === undefined ? undefined : tokensOf(flags.budget);
  return withSessions(options, "read", async (sessions) => {
    const shown = await shownSession(await sessions.find(name), budget, sessions, options);
    if (!printDocument(options.reporter, "context", { ...shown }))
      process.stdout.write(contextText(shown, options.color));
    return 0;
  });
}

/** `towpath context add`: a person adds a message; a component without a session begins one. */
export function addContext(
  name: string,
  text: string,
  flags: AddFlags,
  options: GlobalOptions,
): Promise<number> {
  const { role } = flags;
  const importance = flags.importance === undefined ? undefined : importanceOf(flags.importance);
  if (importance !== undefined && flags.kind !== undefined)
    throw new TowpathError("TP1001", {
      message: "--kind says how important the message is; --importance too",
    });
  if (text.trim() === "") throw new TowpathError("TP1001", { message: "the message has no text" });
  const kind = flags.kind ?? (importance === undefined ? "progress_updates" : undefined);
  return withSessions(options, "write", async (sessions) => {
    const session = await findOrBegin(name, sessions);
    const message: Message = {
      role,
      content: text,
      at: new Date().toISOString(),
      importance: importance ?? importances[kind ?? "progress_updates"],
      // What an agent says may repeat what it has read.
      untrusted: role === "assistant" || isAgent,
      ...(kind === undefined ? {} : { kind }),
      session: session.id,
    };
    sessions.journal.commit({ messages: [{ component: session.component, message }] });
    await sessions.store?.save({ ...session, messages: [...session.messages, message] });
    const { id, component } = session;
    if (!printDocument(options.reporter, "context-message", { session: id, component, message }))
      process.stdout.write(`added to ${id}\n`);
    return 0;
  });
}

/** `towpath context search`: the messages that have all of the words, whatever their case. */
export function searchContext(words: readonly string[], options: GlobalOptions): Promise<number> {
  const wanted = words.flatMap((one) => one.toLowerCase().split(/\s+/)).filter((word) => word !== "");
  if (wanted.length === 0) throw new TowpathError("TP1001", { message: "which words?" });
  return withSessions(options, "read", async (sessions) => {
    const listed = await sessions.list();
    const hits = listed.flatMap((session) => {
      if ("problem" in session) return [];
      const { id, component, messages } = session;
      return messages
        .filter(({ content }) => wanted.every((word) => content.toLowerCase().includes(word)))
        .map((message) => ({ session: id, component, ...message }));
    });
    const unread = listed.flatMap((one) => ("problem" in one ? [one.problem] : []));
    if (printDocument(options.reporter, "context-search", { hits, unread })) return 0;
    for (const { message } of unread) process.stderr.write(`warning: not searched: ${sanitize(message)}\n`);
    const lines = cleanStrings(hits).map(
      ({ session, role, at, content }) =>
        `${session}  ${when(Date.parse(at))}  ${role}\n${indent(content)}\n`,
    );
    process.stdout.write(hits.length === 0 ? "nothing found\n" : lines.join("\n"));
    return 0;
  });
}

/** `towpath context archive`: puts a session aside. */
export function archiveContext(name: string, options: GlobalOptions): Promise<number> {
  return withSessions(options, "write", async (sessions) => {
    const { id, component, archived } = await sessions.find(name);
    if (!archived) {
      const message: Message = {
        role: "user",
        content: "The session was archived.",
        at: new Date().toISOString(),
        importance: importances.progress_updates,
        untrusted: false,
        kind: "progress_updates",
        session: id,
        closes: true,
      };
      sessions.journal.commit({ messages: [{ component, message }] });
    }
    const stored = (await sessions.store?.list()) ?? [];
    if (stored.some((one) => one.id === id && !one.archived)) await sessions.store?.archive(id);
    if (!printDocument(options.reporter, "context-archived", { session: id, component }))
      process.stdout.write(`${id} is archived\n`);
    return 0;
  });
}

function entryOf(listed: ListedSession): {
  readonly session: string;
  readonly component: string;
  readonly archived: boolean;
  readonly messages?: number;
  readonly updatedAt?: string;
  readonly problem?: TowpathError["data"];
} {
  const { id, component, archived } = listed;
  const base = { session: id, component, archived };
  if ("problem" in listed) return { ...base, problem: listed.problem };
  const last = listed.messages.at(-1);
  return { ...base, messages: listed.messages.length, ...(last === undefined ? {} : { updatedAt: last.at }) };
}

async function componentNamed(name: string, { project }: ProjectSessions): Promise<Component> {
  const [component] = await componentsOf(project, [name]);
  if (component === undefined) throw new TowpathError("TP1002");
  return component;
}

/** A session that nobody has written into yet. Without a store its first message stands in the journal. */
async function begin(component: Component, { journal, store, list }: ProjectSessions): Promise<Session> {
  const now = Date.now();
  const taken = (await list()).map(({ id }) => id);
  const session = newSession(component.name, now, taken);
  if (store === undefined) {
    const message = { ...architectureContext(component, new Date(now).toISOString()), session: session.id };
    journal.commit({ messages: [{ component: component.name, message }] });
    return { ...session, messages: [message] };
  }
  const { messages, problems } = await store.head(component);
  for (const problem of problems) process.stderr.write(`warning: ${sanitize(problem)}   TP6202\n`);
  const begun = { ...session, messages };
  await store.save(begun);
  return begun;
}

async function findOrBegin(name: string, sessions: ProjectSessions): Promise<Session> {
  try {
    return await sessions.find(name);
  } catch (error) {
    if (!isTowpathError(error) || error.data.code !== "TP6201") throw error;
    const known = await componentsOf(sessions.project, [name]).catch((cause: unknown) => {
      if (isTowpathError(cause)) return [];
      throw cause;
    });
    const [component] = known;
    if (component === undefined) throw error;
    return begin(component, sessions);
  }
}

/** @throws {TowpathError} TP1001 */
function tokensOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TowpathError("TP1001", {
    message: `--budget takes a number of tokens, not ${JSON.stringify(text.slice(0, 80))}`,
  });
}

/** @throws {TowpathError} TP1001 */
function importanceOf(text: string): number {
  if (/^(?:0|1|0?\.\d{1,6}|1\.0{1,6})$/.test(text)) return Number(text);
  throw new TowpathError("TP1001", {
    message: `--importance takes a number from 0 to 1, not ${JSON.stringify(text.slice(0, 80))}`,
  });
}
