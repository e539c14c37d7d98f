/** Who speaks in a session. */
export type Role = "system" | "user" | "assistant";

/** One message of a session. */
export interface Message {
  readonly role: Role;
  readonly content: string;
  /** ISO time. */
  readonly at: string;
  /** 0 to 1; decisions and requirements 1, test results 0.9, refactoring 0.7, progress 0.5. */
  readonly importance: number;
  /** Text from tools, specifications or branches, which no reader may take as instructions. */
  readonly untrusted: boolean;
  /** The run that wrote it; absent when a person or another tool did. */
  readonly run?: string;
  /** What it speaks of. When that has changed, it may no longer be true. */
  readonly refs?: MessageRefs;
  /** What a store or another tool keeps with it; JSON only. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a message speaks of, as it was at its time. */
export interface MessageRefs {
  /** Requirements by id, each with the digest of its words. */
  readonly spec?: Readonly<Record<string, string>>;
  /** Files by path relative to the repository root, each with the digest of its bytes. */
  readonly paths?: Readonly<Record<string, string>>;
  /** The commit that was checked out. */
  readonly commit?: string;
  /** Digest of the evidence. */
  readonly evidence?: string;
}

/** The memory of a component that the next person or agent goes on from. */
export interface Session {
  /** `<component>-workflow-YYYY-MM-DD` */
  readonly id: string;
  readonly component: string;
  readonly messages: readonly Message[];
}

/** What fits into a budget, and what was left out. */
export interface Brief {
  readonly messages: readonly Message[];
  readonly dropped: number;
  /** Estimated tokens of `messages`; never above the budget. */
  readonly tokens: number;
}

/**
 * Starts a session.
 * @param now epoch milliseconds; the date in the id is that of UTC
 */
export function newSession(component: string, now: number): Session {
  return { id: `${component}-workflow-${new Date(now).toISOString().slice(0, 10)}`, component, messages: [] };
}

/** The session with one more message. */
export function addMessage(session: Session, message: Message): Session {
  return { ...session, messages: [...session.messages, message] };
}

/** Estimated tokens of a text: a quarter of its UTF-8 bytes, rounded up, so that it errs to the high side. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/**
 * The most important messages that fit into a budget, in their original order. Higher importance first, then newer;
 * a message that does not fit is left out and counted, so the budget is never exceeded.
 * @param budget tokens, as `count` counts them
 * @example brief(session, 4000).messages
 */
export function brief(
  session: Session,
  budget: number,
  count: (text: string) => number = estimateTokens,
): Brief {
  const ranked = session.messages
    .map((message, index) => ({ message, index, tokens: count(message.content) }))
    .toSorted((a, b) => b.message.importance - a.message.importance || b.index - a.index);
  let tokens = 0;
  const taken = ranked.filter((item) => {
    if (tokens + item.tokens > budget) return false;
    tokens += item.tokens;
    return true;
  });
  const messages = taken.toSorted((a, b) => a.index - b.index).map((item) => item.message);
  return { messages, dropped: session.messages.length - messages.length, tokens };
}
