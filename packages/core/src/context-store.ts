import type { Session } from "./session.ts";

/** Keeps sessions where people and other tools read and write them. One for a project. */
export interface ContextStore {
  readonly name: string;
  /** The session that the component's work goes on from: the newest that is not archived. */
  load(component: string): Promise<Session | undefined>;
  /** By its id. */
  read(id: string): Promise<Session | undefined>;
  /** @returns ids, newest first, archived ones last */
  list(): Promise<
    readonly { readonly id: string; readonly component?: string; readonly archived: boolean }[]
  >;
  /** Writes the whole session, or nothing. What others added to it since it was loaded is kept. */
  save(session: Session): Promise<void>;
  /** Puts it aside: `load` no longer finds it, `read` does. */
  archive(id: string): Promise<void>;
  /** Tokens of a text, as the store counts them. */
  count(text: string): number;
}
