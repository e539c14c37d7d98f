import { spoken } from "./store.ts";

/** The least time between two messages, in milliseconds: who listens must be able to follow. */
const pauseMs = 2_000;

const waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something to people who listen to the page. What comes faster than it can be heard is said together. */
export function say(text: string): void {
  waiting.push(text);
  timer ??= setTimeout(speak, 0);
}

function speak(): void {
  const last = waiting.slice(-3);
  const more = waiting.length - last.length;
  waiting.length = 0;
  timer = undefined;
  if (last.length === 0) return;
  spoken.value = `${last.join(". ")}${more > 0 ? `. And ${more} more before` : ""}.`;
  timer = setTimeout(speak, pauseMs);
}
