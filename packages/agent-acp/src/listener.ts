import { excerpt } from "@towpath/kit";
import { z } from "zod";
import type { KnownCall } from "./permission.ts";
import type { Speech, SpeechEnd, Usage } from "./speech.ts";

const mostSummary = 4_000;
/** Tool calls that are remembered, for when leave is asked for one. */
const mostCalls = 5_000;

/** Of a call, which is kept until the round ends, only what is needed: not the texts of its changes. */
const call = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  kind: z.string().nullish(),
  locations: z.array(z.object({ path: z.string() })).nullish(),
  content: z.array(z.object({ type: z.string(), path: z.string().optional() })).nullish(),
});
/** The updates that are listened to. */
const heardUpdate = z.discriminatedUnion("sessionUpdate", [
  z.looseObject({
    sessionUpdate: z.literal("agent_message_chunk"),
    content: z.looseObject({ type: z.string(), text: z.string().optional() }),
  }),
  call.extend({ sessionUpdate: z.enum(["tool_call", "tool_call_update"]) }),
  z.looseObject({
    sessionUpdate: z.literal("plan"),
    entries: z.array(z.looseObject({ content: z.string(), status: z.string() })),
  }),
  z.looseObject({
    sessionUpdate: z.literal("usage_update"),
    used: z.number(),
    cost: z.looseObject({ amount: z.number(), currency: z.string() }).nullish(),
  }),
]);
const notification = z.looseObject({ update: heardUpdate });

/** Hears what an agent tells of its work. */
export interface Listener {
  /** What was told of tool calls, by their ids. */
  readonly calls: ReadonlyMap<string, KnownCall>;
  /**
   * @param params of a notification; one that is not listened to, or is not as it should be, changes nothing
   * @returns in words how the budget is exceeded, if it is
   */
  hear(params: unknown): string | undefined;
  end(reason: SpeechEnd["reason"], detail?: string): SpeechEnd;
}

/** Begins to listen, for one round. */
export function listener({ limits: { maxTokens, maxCost }, log }: Speech): Listener {
  const calls = new Map<string, KnownCall>();
  let words = "";
  let isNewMessage = false;
  let usage: Usage = {};
  const note = (line: string): void => log(excerpt(line, 300));
  return {
    calls,
    hear(params) {
      const update = notification.safeParse(params).data?.update;
      if (update === undefined) return undefined;
      if (update.sessionUpdate === "agent_message_chunk") {
        words = ((isNewMessage ? "" : words) + (update.content.text ?? "")).slice(-2 * mostSummary);
        isNewMessage = false;
      } else if (update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update") {
        isNewMessage = true;
        const { kind, locations, content } = update;
        const known = calls.get(update.toolCallId);
        if (known !== undefined || calls.size < mostCalls) {
          calls.set(update.toolCallId, {
            ...known,
            ...(kind != null && { kind }),
            ...(locations != null && { locations }),
            ...(content != null && { content }),
          });
        }
        if (update.sessionUpdate === "tool_call") note(`the agent: ${update.title ?? update.toolCallId}`);
      } else if (update.sessionUpdate === "plan") {
        for (const { status, content } of update.entries) note(`the agent plans (${status}): ${content}`);
      } else if (update.sessionUpdate === "usage_update") {
        const { used, cost } = update;
        usage = {
          tokens: Math.max(used, usage.tokens ?? 0),
          ...(usage.cost === undefined ? {} : { cost: usage.cost, currency: usage.currency ?? "" }),
          ...(cost == null ? {} : { cost: cost.amount, currency: cost.currency }),
        };
        if (maxTokens !== undefined && used > maxTokens)
          return `it used ${used} tokens; ${maxTokens} are the most`;
        if (maxCost !== undefined && cost != null && cost.amount > maxCost)
          return `it cost ${cost.amount} ${excerpt(cost.currency, 10)}; ${maxCost} is the most`;
      }
      return undefined;
    },
    end: (reason, detail) => ({
      reason,
      ...(detail === undefined ? {} : { detail }),
      summary: excerpt(words.slice(-mostSummary), mostSummary),
      usage,
    }),
  };
}
