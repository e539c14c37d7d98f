import { mapStrings, type StoredEvent } from "@towpath/core";
import { sanitize } from "@towpath/kit";
import type { EventView } from "./model.ts";

/** An event as the pages are told of it; what it changes comes beside it. */
export function eventView({ position, run, seq, event }: StoredEvent): EventView {
  const say = sayOf(event);
  return mapStrings(
    { position, run, seq, type: event.type, ...(say === undefined ? {} : { say }) },
    sanitize,
  );
}

function sayOf(event: StoredEvent["event"]): string | undefined {
  switch (event.type) {
    case "run:start":
      return `Run for ${event.target} began`;
    case "stage:start":
      return `${title(event.stage)} began`;
    case "stage:end":
      return `${title(event.stage)} ${event.status}`;
    case "gate:end":
      return `${event.gate} ${event.result.verdict}`;
    case "run:end":
      return event.exit === 0 ? "Run passed" : `Run ended with exit code ${event.exit}`;
    default:
      return undefined;
  }
}

function title(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
