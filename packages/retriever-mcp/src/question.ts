import type { Hit } from "@towpath/core";
import type { Session } from "./session.ts";

/** One question to a server: some calls, and what their answers are read as. */
export interface Question {
  /** What is asked about, for messages. */
  readonly about: string;
  /** @throws {Error} when the server does not answer it */
  ask(session: Session): Promise<readonly Hit[]>;
}
