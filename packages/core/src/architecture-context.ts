import type { Component } from "./gate.ts";
import type { Message } from "./session.ts";

/**
 * The first message of a session: of what the component consists.
 * @param at ISO time
 */
export function architectureContext({ name, source, tests, spec }: Component, at: string): Message {
  const content = [
    `Component ${name}.`,
    `Source: ${source.join(", ") || "none yet"}.`,
    `Tests: ${tests.join(", ") || "none yet"}.`,
    `Specification: ${spec ?? "none"}.`,
  ].join("\n");
  const metadata = { type: "architecture_context", component: name };
  return { role: "system", content, at, importance: 1, untrusted: true, metadata };
}
