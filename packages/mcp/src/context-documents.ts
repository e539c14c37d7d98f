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
  }[];
  readonly tokens: number;
  readonly dropped: number;
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
    }),
  ),
  tokens: z.number(),
  dropped: z.number(),
});

/** Reads `context add`. */
export const addedDocument: z.ZodType<{ readonly session: string }> = z.object({ session: z.string() });
