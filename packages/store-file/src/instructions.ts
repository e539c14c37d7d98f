import type { Message, SessionHead } from "@towpath/core";
import { listOf, textOf } from "./front-matter.ts";
import { readFiles } from "./read-files.ts";

/** Globs that make an instruction one for everything. */
const everything: ReadonlySet<string> = new Set(["**/*.py", "**/*"]);

/**
 * The project's instructions for whoever writes code, `.augment/instructions/*.instructions.md`, in the order of their
 * names. They come from the checked tree, so they are untrusted.
 * @param at ISO time of the messages
 */
export async function instructionsOf(root: string, at: string): Promise<SessionHead> {
  const { files, problems } = await readFiles(root, ".augment/instructions", ".instructions.md");
  const messages: Message[] = [];
  const missing: string[] = [];
  for (const { fields, body, source } of files) {
    const globs = listOf(fields["applyTo"]);
    if (globs.length === 0) {
      missing.push(`${source} is left out: it does not say to what it applies (applyTo)`);
      continue;
    }
    const scope = globs.some((glob) => everything.has(glob)) ? "global" : "scoped";
    const description = textOf(fields["description"]);
    messages.push({
      role: "system",
      content: body,
      at,
      importance: scope === "global" ? 0.9 : 0.8,
      untrusted: true,
      metadata: { type: "instruction", source, scope, description },
    });
  }
  return { messages, problems: [...problems, ...missing] };
}
