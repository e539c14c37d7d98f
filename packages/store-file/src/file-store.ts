import { appendFile, open, rename } from "node:fs/promises";
import { join } from "node:path";
import {
  architectureContext,
  identityOf,
  isTowpathError,
  prune,
  TowpathError,
  type Component,
  type ContextStore,
  type Session,
  type SessionHead,
  type StoredSession,
} from "@towpath/core";
import { writeAtomic } from "@towpath/kit";
import { instructionsOf } from "./instructions.ts";
import { withLock } from "./lock-folder.ts";
import { memoriesOf } from "./memories.ts";
import {
  emptySession,
  fileMessage,
  identitiesIn,
  readSession,
  serialize,
  serializeLine,
  type FileMessage,
  type SessionFile,
} from "./session-file.ts";
import {
  archiveOf,
  exists,
  makeFolder,
  namesIn,
  readIn,
  sessionFolder,
  type Folder,
} from "./session-folder.ts";
import { checkSessionId, isSessionId, readSessionName } from "./session-id.ts";
import type { TimeStyle } from "./timestamp.ts";
import { tokenCounter, type CountTokens } from "./token-counter.ts";

/** Where sessions lie, and what time it is. */
export interface FileStoreOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** @default ".augment/context/sessions" where that exists, else ".towpath/sessions" */
  readonly folder?: string | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** To which part of its limit a session that has outgrown it is cut, so that the next message does not cut it again. */
const pruneTo = 0.8;

/**
 * Sessions as files of one folder. Every write is all or nothing, and no writer loses what another one has added.
 * @example await fileStore({ root }).load("foo");
 */
export function fileStore({ root, folder: named, now = Date.now }: FileStoreOptions): ContextStore {
  const folder = (): Folder => sessionFolder(root, named);

  /** Where a session lies: put aside or not. */
  const placeOf = async (id: string): Promise<Folder | undefined> => {
    const current = folder();
    const file = `${checkSessionId(id)}.json`;
    if (await exists(current, file)) return current;
    const archive = archiveOf(current);
    return (await exists(archive, file)) ? archive : undefined;
  };

  const fileOf = async (id: string, place: Folder): Promise<SessionFile | undefined> => {
    const file = `${id}.json`;
    const text = await readIn(place, file);
    return text === undefined ? undefined : readSession(text, `${place.name}/${file}`);
  };

  const list = async (): Promise<readonly StoredSession[]> => {
    const current = folder();
    const archive = archiveOf(current);
    const both = await Promise.all([listIn(current, false), listIn(archive, true)]);
    return both.flat().map(({ session }) => session);
  };

  const listIn = async (place: Folder, archived: boolean): Promise<readonly Listed[]> => {
    const names = await namesIn(place);
    const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
    const listed = await Promise.all(ids.filter(isSessionId).map((id) => describe(id, place, archived)));
    return listed.toSorted((a, b) => (a.order === b.order ? 0 : a.order < b.order ? 1 : -1));
  };

  /** A free name says neither component nor time, so its file is asked; one that cannot be used has neither. */
  const describe = async (id: string, place: Folder, archived: boolean): Promise<Listed> => {
    const name = readSessionName(id);
    if (name !== undefined) {
      const order = `${name.date} ${String(name.number).padStart(4, "0")}`;
      return { session: { id, component: name.component, archived }, order };
    }
    const file = await fileOf(id, place).catch((error: unknown) => {
      if (isTowpathError(error)) return undefined;
      throw error;
    });
    const component = file?.component === undefined ? {} : { component: file.component };
    return {
      session: { id, ...component, archived },
      order: file?.messages.at(-1)?.message.at.slice(0, 10) ?? "",
    };
  };

  const read = async (id: string): Promise<Session | undefined> => {
    const place = await placeOf(id);
    const file = place && (await fileOf(id, place));
    if (file === undefined) return undefined;
    const component = readSessionName(id)?.component ?? file.component ?? "";
    return { id, component, messages: file.messages.map(({ message }) => message) };
  };

  /** The style of the newest session that has one. */
  const styleOfOthers = async (): Promise<TimeStyle> => {
    for (const { id, archived } of await list()) {
      const place = archived ? archiveOf(folder()) : folder();
      const style = await fileOf(id, place).then(
        (file) => file?.style,
        (error: unknown) => {
          if (isTowpathError(error)) return undefined;
          throw error;
        },
      );
      if (style !== undefined) return style;
    }
    return "aware";
  };

  const save = async ({ id, component, messages }: Session): Promise<void> => {
    const count = await tokenCounter();
    const place = (await placeOf(id)) ?? folder();
    const found = await fileOf(id, place);
    const file = found ?? emptySession(id, component);
    const archive = archiveOf(folder());
    const log = `${id}.jsonl`;
    const kept = (await readIn(archive, log)) ?? "";
    const aside = identitiesIn(kept);
    const style = file.style ?? (await styleOfOthers());
    const known = new Set([...file.messages.map(({ message }) => identityOf(message)), ...aside]);
    const added = messages.filter((message) => !known.has(identityOf(message)));
    if (found !== undefined && added.length === 0) return;
    const all = added.reduce(
      (before, message) => insert(before, fileMessage(message, style, count)),
      file.messages,
    );
    const { kept: fitting, pruned } = fit(all, file.maxTokens, count);
    const lost = pruned.filter(({ message }) => !aside.has(identityOf(message)));
    if (lost.length > 0) {
      await makeFolder(archive);
      const gap = kept === "" || kept.endsWith("\n") ? "" : "\n";
      await appendSynced(join(archive.path, log), gap + lost.map(serializeLine).join(""));
    }
    await writeAtomic(join(place.path, `${id}.json`), serialize({ ...file, messages: fitting }));
  };

  const locked = async (id: string, what: string, work: () => Promise<void>): Promise<void> => {
    const place = folder();
    checkSessionId(id);
    try {
      await makeFolder(place);
      await withLock(place.path, work);
    } catch (cause) {
      if (isTowpathError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TowpathError("TP6203", {
        message: `the session ${id} was not ${what}: ${reason}`,
        where: [place.name],
        cause,
      });
    }
  };

  return {
    name: "file",
    read,
    list,
    async load(component) {
      const newest = (await list()).find((one) => one.component === component && !one.archived);
      return newest && read(newest.id);
    },
    head: (component) => headOf(root, component, now()),
    save: (session) => locked(session.id, "saved", () => save(session)),
    archive: (id) =>
      locked(id, "archived", async () => {
        const place = folder();
        const archive = archiveOf(place);
        const file = `${id}.json`;
        const aside = await exists(archive, file);
        if (!(await exists(place, file))) {
          if (aside) return;
          throw new TowpathError("TP6201", { message: `there is no session ${id}` });
        }
        if (aside)
          throw new TowpathError("TP6203", { message: `${archive.name} has a session ${id} already` });
        await makeFolder(archive);
        await rename(join(place.path, file), join(archive.path, file));
      }),
    counter: tokenCounter,
  };
}

interface Listed {
  readonly session: StoredSession;
  /** What comes later is newer. */
  readonly order: string;
}

/** After the last message that was not said later. */
function insert(messages: readonly FileMessage[], added: FileMessage): readonly FileMessage[] {
  const time = Date.parse(added.message.at);
  const before = messages.findLastIndex(({ message }) => Date.parse(message.at) <= time);
  return messages.toSpliced(before + 1, 0, added);
}

/** Cuts a session that has outgrown its limit. What another tool did not count is counted. */
function fit(
  messages: readonly FileMessage[],
  maxTokens: number,
  count: CountTokens,
): { readonly kept: readonly FileMessage[]; readonly pruned: readonly FileMessage[] } {
  const tokens = new Map(
    messages.map((one) => [one, one.tokens > 0 ? one.tokens : count(one.message.content)]),
  );
  const sum = [...tokens.values()].reduce((total, one) => total + one, 0);
  if (sum <= maxTokens) return { kept: messages, pruned: [] };
  const ranked = messages.map((one) => ({ ...one.message, one }));
  const cut = prune(ranked, Math.floor(maxTokens * pruneTo), ({ one }) => tokens.get(one) ?? Infinity);
  return { kept: cut.kept.map(({ one }) => one), pruned: cut.pruned.map(({ one }) => one) };
}

async function appendSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    await appendFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function headOf(root: string, component: Component, now: number): Promise<SessionHead> {
  const at = new Date(now).toISOString();
  const architecture = architectureContext(component, at);
  const parts = [await instructionsOf(root, at), await memoriesOf(root, component.name, now)];
  return {
    messages: [architecture, ...parts.flatMap(({ messages }) => messages)],
    problems: parts.flatMap(({ problems }) => problems),
  };
}
