import type { ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";

const event = z.discriminatedUnion("type", [
  z.object({ type: z.literal("stage:start"), stage: z.string(), gates: z.array(z.string()) }),
  z.object({ type: z.literal("gate:start"), gate: z.string() }),
  z.object({ type: z.literal("gate:end"), gate: z.string(), result: z.object({ verdict: z.string() }) }),
  z.object({ type: z.literal("release"), environment: z.string(), step: z.string(), ok: z.boolean() }),
]);

/**
 * Turns the events of a run into progress notifications.
 * @param onerror gets what goes wrong with a notification, which changes nothing for the run
 * @returns nothing when the client did not ask for progress
 */
export function progressOf(
  { mcpReq }: ServerContext,
  onerror: (error: unknown) => void,
): ((event: unknown) => void) | undefined {
  const { _meta: meta } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let done = 0;
  let total = 0;
  return (raw) => {
    const known = event.safeParse(raw);
    if (!known.success) return;
    const { data } = known;
    // A gate is asked once per component, so more may end than were announced.
    if (data.type === "stage:start") total += 2 * data.gates.length;
    else done += 1;
    void mcpReq
      .notify({
        method: "notifications/progress",
        params: {
          progressToken,
          progress: done,
          ...(total >= done && total > 0 ? { total } : {}),
          message: words(data),
        },
      })
      .catch(onerror);
  };
}

function words(data: z.infer<typeof event>): string {
  switch (data.type) {
    case "stage:start":
      return `stage ${data.stage}: ${data.gates.length} gates`;
    case "gate:start":
      return `${data.gate} runs`;
    case "gate:end":
      return `${data.gate} ${data.result.verdict}`;
    case "release":
      return `${data.environment}: ${data.step} ${data.ok ? "done" : "failed"}`;
  }
}
