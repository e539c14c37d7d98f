import {
  identityOf,
  importances,
  TowpathError,
  type Message,
  type MessageKind,
  type MessageRefs,
  type Role,
} from "@towpath/core";
import { parseJson } from "@towpath/kit";
import type { CountTokens } from "./token-counter.ts";
import { readTime, writeTime, type TimeStyle } from "./timestamp.ts";

/** Tokens that a session may have, where its file does not say it. */
export const defaultMaxTokens = 8000;

/** A message as its file has it, with all that other tools wrote; only to be written back. */
export type RawMessage = Record<string, unknown>;

/** One message of a file. */
export interface FileMessage {
  readonly raw: RawMessage;
  readonly message: Message;
  readonly tokens: number;
}

/** A session file that was read. */
export interface SessionFile {
  /** All keys of the document but `messages`, as they are; only to be written back. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly messages: readonly FileMessage[];
  readonly maxTokens: number;
  readonly component?: string;
  /** How it writes times; absent while it has no message. */
  readonly style?: TimeStyle;
  /** Whether it writes other characters than those of ASCII as they are. */
  readonly unicode: boolean;
}

const roles: readonly string[] = ["user", "assistant", "system"] satisfies Role[];

/**
 * Reads a session file. Numbers are kept as they are written, and keys that nobody here knows stay.
 * @param file path, for messages
 * @throws {TowpathError} TP6202 when it is not of the documented form
 */
export function readSession(text: string, file: string): SessionFile {
  const document = record(parsed(text, file), file, "the document");
  const raw = record(JSON.parse(text, keepNumber), file, "the document");
  const { messages: listed } = document;
  if (!Array.isArray(listed)) throw refused(file, "`messages` is no list");
  const rawList = raw["messages"] as readonly RawMessage[];
  const messages = listed.map((item: unknown, index) => {
    const where = `message ${index + 1}`;
    const fields = record(item, file, where);
    return { ...readMessage(fields, file, where), raw: rawList[index] ?? {} };
  });
  const max = document["max_tokens"] ?? defaultMaxTokens;
  if (typeof max !== "number" || max <= 0) throw refused(file, "`max_tokens` is no positive number");
  const { metadata } = document;
  const own = isRecord(metadata) && isRecord(metadata["towpath"]) ? metadata["towpath"] : {};
  const component = own["component"];
  const style = messages.at(-1)?.style;
  return {
    raw,
    messages,
    maxTokens: max,
    ...(typeof component === "string" ? { component } : {}),
    ...(style === undefined ? {} : { style }),
    // oxlint-disable-next-line no-control-regex -- the question is whether all of it is ASCII
    unicode: /[^\0-\x7f]/.test(text),
  };
}

/** A session without messages, as its file would have it. */
export function emptySession(id: string, component: string): SessionFile {
  return {
    raw: {
      session_id: id,
      messages: [],
      max_tokens: defaultMaxTokens,
      current_tokens: 0,
      metadata: { towpath: { component } },
    },
    messages: [],
    maxTokens: defaultMaxTokens,
    component,
    unicode: false,
  };
}

/** A message in the form of the file. */
export function fileMessage(message: Message, style: TimeStyle, count: CountTokens): FileMessage {
  const content = message.content.toWellFormed();
  const tokens = count(content);
  const { run, refs, untrusted, kind, closes } = message;
  const own = { untrusted, run, kind, refs, closes };
  const raw = {
    role: message.role,
    content,
    timestamp: writeTime(message.at, style),
    metadata: { ...message.metadata, towpath: withoutUndefined(own) },
    tokens,
    importance: float(message.importance),
  };
  return { raw, message, tokens };
}

/** The text of a session file. */
export function serialize(file: SessionFile): string {
  const current = file.messages.reduce((sum, { tokens }) => sum + tokens, 0);
  const document = {
    ...file.raw,
    messages: file.messages.map(({ raw }) => raw),
    max_tokens: file.raw["max_tokens"] ?? file.maxTokens,
    current_tokens: current,
    metadata: file.raw["metadata"] ?? {},
  };
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  return file.unicode ? text : ascii(text);
}

/** One line of the file that keeps what did not fit into a session. */
export function serializeLine({ raw }: FileMessage): string {
  return `${ascii(JSON.stringify(raw))}\n`;
}

/**
 * A session in the form of a session file.
 * @param count see `tokenCounter`
 */
export function writeSession(
  session: { readonly id: string; readonly component: string; readonly messages: readonly Message[] },
  count: CountTokens,
): string {
  const messages = session.messages.map((message) => fileMessage(message, "aware", count));
  return serialize({ ...emptySession(session.id, session.component), messages });
}

/** The identities of the messages in a file of lines; what is no message there is nobody's. */
export function identitiesIn(lines: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    try {
      const { message } = readMessage(record(JSON.parse(line), "", ""), "", "");
      found.add(identityOf(message));
    } catch {
      // A line that a crash has cut: what it held is still in the session, and is written anew.
    }
  }
  return found;
}

function parsed(text: string, file: string): unknown {
  try {
    return parseJson(text, "it");
  } catch (cause) {
    throw refused(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function readMessage(
  fields: Readonly<Record<string, unknown>>,
  file: string,
  where: string,
): { readonly message: Message; readonly tokens: number; readonly style: TimeStyle } {
  const { role, content, timestamp, metadata = {}, tokens = 0, importance = 1 } = fields;
  if (typeof role !== "string" || !roles.includes(role))
    throw refused(file, `the role of ${where} is none of ${roles.join(", ")}`);
  if (typeof content !== "string") throw refused(file, `the content of ${where} is no text`);
  const time = typeof timestamp === "string" ? readTime(timestamp) : undefined;
  if (time === undefined) throw refused(file, `the timestamp of ${where} is no ISO time`);
  if (typeof tokens !== "number" || tokens < 0) throw refused(file, `the tokens of ${where} are no number`);
  if (typeof importance !== "number") throw refused(file, `the importance of ${where} is no number`);
  const { towpath = {}, ...others } = record(metadata, file, `the metadata of ${where}`);
  const message: Message = {
    role: role as Role,
    content,
    at: time.at,
    importance: Math.min(1, Math.max(0, importance)),
    ...ownFields(towpath),
    ...(Object.keys(others).length === 0 ? {} : { metadata: others }),
  };
  return { message, tokens, style: time.style };
}

/** What this program wrote beside a message; anybody may have changed it, so only what looks right is taken. */
function ownFields(value: unknown): Pick<Message, "untrusted" | "run" | "kind" | "refs" | "closes"> {
  const own = isRecord(value) ? value : {};
  const { run, kind, refs, closes } = own;
  const known = typeof kind === "string" && Object.hasOwn(importances, kind);
  return {
    untrusted: own["untrusted"] !== false,
    ...(typeof run === "string" ? { run } : {}),
    ...(known ? { kind: kind as MessageKind } : {}),
    ...(isRecord(refs) ? { refs: readRefs(refs) } : {}),
    ...(closes === true ? { closes } : {}),
  };
}

function readRefs({ spec, paths, commit, evidence }: Readonly<Record<string, unknown>>): MessageRefs {
  return {
    ...(isRecord(spec) ? { spec: texts(spec) } : {}),
    ...(isRecord(paths) ? { paths: texts(paths) } : {}),
    ...(typeof commit === "string" ? { commit } : {}),
    ...(typeof evidence === "string" ? { evidence } : {}),
  };
}

function texts(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(value: unknown, file: string, what: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw refused(file, `${what} is no object`);
}

/** @throws nothing: makes the error */
function refused(file: string, reason: string, cause?: unknown): TowpathError {
  return new TowpathError("TP6202", { message: `${file} cannot be used: ${reason}`, where: [file], cause });
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Source text of JSON (https://github.com/tc39/proposal-json-parse-with-source), not yet in TypeScript's library. */
const json = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Keeps `1.0`, and whole numbers beyond the precision of a double, as they are written. */
function keepNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? json.rawJSON(source)
    : value;
}

/** A figure with its point, as Python writes a float. */
function float(value: number): unknown {
  return Number.isInteger(value) ? json.rawJSON(`${value}.0`) : value;
}

/** The same JSON in the characters of ASCII, so that it reads the same in every encoding. */
function ascii(text: string): string {
  return text.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
