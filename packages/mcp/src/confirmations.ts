import { randomBytes } from "node:crypto";
import { createRequestStateCodec, type ServerContext } from "@modelcontextprotocol/server";

/** How long an answer of a person may take, in seconds. */
const patience = 900;

/** How many questions are open at once; the oldest is forgotten, and its answer counts for nothing. */
const openQuestions = 100;

/**
 * Remembers by signed state what a person was asked, so that an answer counts only for the question it was given to:
 * nobody can bring an answer without a question, or that of another component. Each question can be answered once.
 */
export interface Confirmations {
  /** The state that goes with a question. */
  ask(component: string): Promise<string>;
  /** Whether this request brings the answer to a question about the component, for the first time. */
  asked(ctx: ServerContext, component: string): boolean;
  /** To be given to the server as its `requestState.verify`. */
  readonly verify: (state: string, ctx: ServerContext) => Promise<unknown>;
}

interface Question {
  readonly component: string;
  readonly nonce: string;
}

/** Makes the memory of one process; its key never leaves it. */
export function createConfirmations(): Confirmations {
  const codec = createRequestStateCodec<Question>({ key: randomBytes(32), ttlSeconds: patience });
  const open = new Set<string>();
  return {
    ask(component) {
      const nonce = randomBytes(16).toString("base64url");
      for (const oldest of open) if (open.size >= openQuestions) open.delete(oldest);
      open.add(nonce);
      return codec.mint({ component, nonce });
    },
    asked({ mcpReq }, component) {
      const question = mcpReq.requestState<Question>();
      return question !== undefined && question.component === component && open.delete(question.nonce);
    },
    verify: codec.verify,
  };
}
