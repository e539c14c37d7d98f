import { brief, estimateTokens, type Brief } from "@towpath/core";
import type { GlobalOptions } from "../global-options.ts";
import type { FoundSession, ProjectSessions } from "./context-sessions.ts";
import { currentState } from "./context-state.ts";

/** A session as it is shown: all of it, or what fits into a budget. */
export interface ShownSession extends Brief {
  readonly session: string;
  readonly component: string;
  readonly archived: boolean;
  /** In tokens. */
  readonly budget?: number;
  /** Why nobody compared what the messages speak of with what there is now. */
  readonly notCompared?: string;
}

/** A session with what is out of date in it, cut to a budget where there is one. */
export async function shownSession(
  found: FoundSession,
  budget: number | undefined,
  { project, store }: ProjectSessions,
  options: GlobalOptions,
): Promise<ShownSession> {
  const count = store === undefined ? estimateTokens : await store.counter();
  const { current, notCompared } = await currentState(found.messages, found.component, project, options);
  return {
    session: found.id,
    component: found.component,
    archived: found.archived,
    ...(budget === undefined ? {} : { budget }),
    ...(notCompared === undefined ? {} : { notCompared }),
    ...brief(found, budget ?? Infinity, { count, current }),
  };
}
