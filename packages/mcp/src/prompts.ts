import type { GetPromptResult } from "@modelcontextprotocol/server";
import { z } from "zod";
import { component, name } from "./arguments.ts";
import { fixFailingGates, planFromSpec, writeGatePlugin, type Guide } from "./guides.ts";
import type { ServerParts } from "./server-parts.ts";

/** Registers the prompts. */
export function registerPrompts({ server }: Pick<ServerParts, "server">): void {
  for (const guide of [fixFailingGates, planFromSpec]) {
    server.registerPrompt(
      guide.name,
      { description: guide.description, argsSchema: z.object({ component }) },
      ({ component: of }) => prompt(guide, of === undefined ? "" : `The component is \`${of}\`.\n\n`),
    );
  }
  server.registerPrompt(
    writeGatePlugin.name,
    { description: writeGatePlugin.description, argsSchema: z.object({ gate: name.optional() }) },
    ({ gate }) => prompt(writeGatePlugin, gate === undefined ? "" : `The gate is called \`${gate}\`.\n\n`),
  );
}

function prompt({ description, body }: Guide, about: string): GetPromptResult {
  return { description, messages: [{ role: "user", content: { type: "text", text: `${about}${body}` } }] };
}
