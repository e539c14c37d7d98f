import type { Component } from "./gate.ts";
import type { Message, Session } from "./session.ts";

/** A session as a store lists it. */
export interface StoredSession {
  readonly id: string;
  readonly component?: string;
  readonly archived: boolean;
}

/** What a new session begins with. */
export interface SessionHead {
  readonly messages: readonly Message[];
  /** Why some of what belongs there is missing, in words. */
  readonly problems: readonly string[];
}

/** Keeps sessions where people and other tools read and write them. One for a project. */
export interface ContextStore {
  readonly name: string;
  /**
   * The session that the component's work goes on from: the newest that is not archived.
   * @throws {TowpathError} TP6202 when it cannot be used
   */
  load(component: string): Promise<Session | undefined>;
  /** By its id. @throws {TowpathError} TP6202 when it cannot be used */
  read(id: string): Promise<Session | undefined>;
  /** @returns newest first, archived ones last */
  list(): Promise<readonly StoredSession[]>;
  /** What a new session of the component begins with, such as instructions and memories. Writes nothing. */
  head(component: Component): Promise<SessionHead>;
  /** Writes the whole session, or nothing. What others added to it since it was loaded is kept. */
  save(session: Session): Promise<void>;
  /** Puts it aside: `load` no longer finds it, `read` does. */
  archive(id: string): Promise<void>;
  /** How it counts the tokens of a text. What that needs is loaded when it is first asked for. */
  counter(): Promise<(text: string) => number>;
}
