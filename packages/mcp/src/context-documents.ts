import { z } from "zod";

/** What fits into the budget of a session: `context show`. */
export interface ContextDocument {
  readonly session: string;
  readonly component: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content: string;
    readonly at: string;
    readonly importance: number;
    readonly untrusted: boolean;
    /** What it speaks of and that changed since. */
    readonly stale?: readonly string[] | undefined;
  }[];
  readonly tokens: number;
  readonly dropped: number;
  readonly droppedMessages: readonly { readonly importance: number; readonly words: string }[];
}

/** Reads `context show`. */
export const contextDocument: z.ZodType<ContextDocument> = z.object({
  session: z.string(),
  component: z.string(),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.string(),
      at: z.string(),
      importance: z.number(),
      untrusted: z.boolean(),
      stale: z.array(z.string()).optional(),
    }),
  ),
  tokens: z.number(),
  dropped: z.number(),
  droppedMessages: z.array(z.object({ importance: z.number(), words: z.string() })),
});

/** Reads `context add`. */
export const addedDocument: z.ZodType<{ readonly session: string }> = z.object({ session: z.string() });
