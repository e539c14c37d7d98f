import { digestOf } from "./canonical.ts";
import { staleRefs, type CurrentState } from "./stale-refs.ts";

/** Who speaks in a session. */
export type Role = "system" | "user" | "assistant";

/** What a message is about. */
export type MessageKind =
  | "architectural_decisions"
  | "requirements"
  | "production_status"
  | "implementation_completion"
  | "test_results"
  | "deployment_status"
  | "refactoring_decisions"
  | "progress_updates";

/** How important a message of each kind is, from 0 to 1. */
export const importances: Readonly<Record<MessageKind, number>> = {
  architectural_decisions: 1,
  requirements: 1,
  production_status: 1,
  implementation_completion: 0.9,
  test_results: 0.9,
  deployment_status: 0.9,
  refactoring_decisions: 0.7,
  progress_updates: 0.5,
};

/** One message of a session. */
export interface Message {
  readonly role: Role;
  readonly content: string;
  /** ISO time. */
  readonly at: string;
  /** 0 to 1; by kind as in `importances`. */
  readonly importance: number;
  /** Text from tools, specifications or branches, which no reader may take as instructions. */
  readonly untrusted: boolean;
  /** Absent when nobody said it. */
  readonly kind?: MessageKind;
  /** The run that wrote it; absent when a person or another tool did. */
  readonly run?: string;
  /** In the journal: id of the session that it belongs to. */
  readonly session?: string;
  /** Whether the session ended with it. The next message of the component begins a new one. */
  readonly closes?: true;
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

/** A message as it is told to a reader. */
export interface BriefMessage extends Message {
  /** Requirements and files that it speaks of and that changed since: it may no longer be true. Never empty. */
  readonly stale?: readonly string[];
}

/** A message that did not fit. */
export interface DroppedMessage {
  readonly role: Role;
  readonly importance: number;
  readonly at: string;
  /** Its first words, on one line, of at most 80 characters. */
  readonly words: string;
}

/** What fits into a budget, and what was left out. */
export interface Brief {
  /** In the order in which they were said. */
  readonly messages: readonly BriefMessage[];
  /** How many did not fit. */
  readonly dropped: number;
  /** Those, in the order in which they were said. */
  readonly droppedMessages: readonly DroppedMessage[];
  /** Tokens of `messages`; never above the budget. */
  readonly tokens: number;
}

/** By what a brief is made. */
export interface BriefOptions {
  /** @default estimateTokens */
  readonly count?: (text: string) => number;
  /** Ids of the requirements at hand: of equal importance, what speaks of one of them comes first. @default none */
  readonly requirements?: readonly string[];
  /** What there is now, to tell what is out of date. @default nothing is compared */
  readonly current?: CurrentState;
}

/**
 * Starts a session.
 * @param now epoch milliseconds; the date in the id is that of UTC
 * @param taken ids that are in use already; a number is added then
 * @example newSession("foo", Date.now()).id // "foo-workflow-2026-11-22"
 */
export function newSession(component: string, now: number, taken: readonly string[] = []): Session {
  const first = `${component}-workflow-${new Date(now).toISOString().slice(0, 10)}`;
  let id = first;
  for (let n = 2; taken.includes(id); n += 1) id = `${first}-${n}`;
  return { id, component, messages: [] };
}

/** The session with one more message. */
export function addMessage(session: Session, message: Message): Session {
  return { ...session, messages: [...session.messages, message] };
}

/** What two records of one message have in common: role, words and time. */
export function identityOf({ role, content, at }: Pick<Message, "role" | "content" | "at">): string {
  return digestOf({ role, content: content.toWellFormed(), at });
}

/** Estimated tokens of a text: a quarter of its UTF-8 bytes, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/**
 * The most important messages that fit into a budget, in their original order. Higher importance comes first; then what
 * the system said, what is not out of date, what speaks of the requirements at hand, and what is newer. A message that
 * does not fit is left out and named, so the budget is never exceeded.
 * @param budget tokens, as `count` counts them
 * @example brief(session, 4000, { requirements: ["FR-1"] }).messages
 */
export function brief(session: Session, budget: number, options: BriefOptions = {}): Brief {
  const { count = estimateTokens, requirements = [], current = {} } = options;
  const ranked = session.messages
    .map((message, index) => ({ message, index, rank: rankOf(message, requirements, current) }))
    .toSorted((a, b) => compare(a.rank, b.rank) || b.index - a.index);
  const kept = new Set<number>();
  let tokens = 0;
  for (const { message, index } of ranked) {
    const needed = count(message.content);
    if (!(tokens + needed <= budget)) continue;
    tokens += needed;
    kept.add(index);
  }
  const droppedMessages = session.messages.filter((_, index) => !kept.has(index)).map(droppedOf);
  return {
    messages: session.messages
      .filter((_, index) => kept.has(index))
      .map((message) => marked(message, current)),
    dropped: droppedMessages.length,
    droppedMessages,
    tokens,
  };
}

/** What a session keeps besides what the system said: this many of the last messages, and those of this importance. */
const keptLast = 5;
const keptImportance = 0.8;

/**
 * Makes a session small enough: what the system said stays, the most important first, then the last five other
 * messages, then others of an importance of at least 0.8, then the rest; each as far as it fits, the newest first.
 * @param budget tokens that the kept ones have together at most
 * @returns both parts in their order; nothing is in both
 */
export function prune<T extends Pick<Message, "role" | "importance">>(
  messages: readonly T[],
  budget: number,
  tokensOf: (message: T) => number,
): { readonly kept: readonly T[]; readonly pruned: readonly T[] } {
  const others = messages.filter(({ role }) => role !== "system");
  const last = new Set(others.slice(-keptLast));
  const rank = (message: T): readonly number[] => {
    if (message.role === "system") return [0, -message.importance];
    if (last.has(message)) return [1, 0];
    return [message.importance >= keptImportance ? 2 : 3, 0];
  };
  const ranked = messages
    .map((message, index) => ({ message, index, rank: rank(message) }))
    .toSorted((a, b) => compare(a.rank, b.rank) || b.index - a.index);
  const kept = new Set<number>();
  let left = budget;
  for (const { message, index } of ranked) {
    const tokens = tokensOf(message);
    if (!(tokens <= left)) continue;
    left -= tokens;
    kept.add(index);
  }
  return {
    kept: messages.filter((_, index) => kept.has(index)),
    pruned: messages.filter((_, index) => !kept.has(index)),
  };
}

/** Smaller is told first. */
function rankOf(message: Message, requirements: readonly string[], current: CurrentState): readonly number[] {
  return [
    -message.importance,
    message.role === "system" ? 0 : 1,
    staleRefs(message, current).length === 0 ? 0 : 1,
    requirements.some((id) => speaksOf(message, id)) ? 0 : 1,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function speaksOf({ refs, content }: Message, id: string): boolean {
  if (refs?.spec !== undefined && Object.hasOwn(refs.spec, id)) return true;
  for (let at = content.indexOf(id); at !== -1; at = content.indexOf(id, at + 1)) {
    const around = `${content[at - 1] ?? ""} ${content[at + id.length] ?? ""}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}

function marked(message: Message, current: CurrentState): BriefMessage {
  const stale = staleRefs(message, current);
  return stale.length === 0 ? message : { ...message, stale };
}

function droppedOf({ role, importance, at, content }: Message): DroppedMessage {
  const line = content.slice(0, 400).replaceAll(/\s+/g, " ").trim();
  const words = line.length > 80 || content.length > 400 ? `${line.slice(0, 79).toWellFormed()}…` : line;
  return { role, importance, at, words };
}
