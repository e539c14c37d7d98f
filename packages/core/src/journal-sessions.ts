import type { Journal } from "./journal.ts";
import { identityOf, type Message, type Session } from "./session.ts";

/** A session as the journal knows it. */
export interface JournalSession extends Session {
  readonly archived: boolean;
}

/**
 * The sessions of a component by what the journal holds, in the order in which they began. What a store keeps beside
 * that, and what people and other tools wrote there, is not in it.
 */
export function journalSessions(
  journal: Pick<Journal, "messages">,
  component: string,
): readonly JournalSession[] {
  const sessions = new Map<string, Message[]>();
  for (const message of journal.messages(component)) {
    const id = message.session ?? `${component}-workflow-${message.at.slice(0, 10)}`;
    const known = sessions.get(id);
    if (known === undefined) sessions.set(id, [message]);
    else known.push(message);
  }
  return [...sessions].map(([id, messages]) => ({
    id,
    component,
    messages,
    archived: messages.some(({ closes }) => closes === true),
  }));
}

/**
 * What a store holds of a session together with what the journal holds, each message once. The journal alone can vouch
 * for a message: every other one is untrusted, whatever it says of itself.
 * @param stored in their order, which is kept; the others come in by their time
 */
export function mergeMessages(stored: readonly Message[], journaled: readonly Message[]): readonly Message[] {
  const own = new Map(journaled.map((message) => [identityOf(message), message]));
  const seen = new Set<string>();
  const merged = stored.map((message) => {
    const identity = identityOf(message);
    seen.add(identity);
    return own.get(identity) ?? { ...message, untrusted: true };
  });
  for (const [identity, message] of own) {
    if (seen.has(identity)) continue;
    const before = merged.findLastIndex(({ at }) => Date.parse(at) <= Date.parse(message.at));
    merged.splice(before + 1, 0, message);
  }
  return merged;
}
