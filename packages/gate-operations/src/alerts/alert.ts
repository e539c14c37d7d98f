import { Breakage, type TargetContext } from "@towpath/core";
import { excerpt, parseReport } from "@towpath/kit";
import { z } from "zod";

/** One alert of a file or a command. More keys are allowed. */
export interface Alert {
  /** Epoch milliseconds at which it was raised. */
  readonly at: number;
  readonly text: string;
  /** The component that it is about, if it says so. */
  readonly component?: string | undefined;
}

/** Numbers below this are seconds: as milliseconds they would lie before 1974, as seconds they reach past 5000. */
const firstMs = 1e11;

const at = z.union(
  [
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    z.number().transform((number) => (number < firstMs ? number * 1000 : number)),
  ],
  { error: "neither an ISO time with its zone nor a number of seconds or milliseconds since 1970" },
);

const schema: z.ZodType<Alert, unknown> = z.looseObject({
  at,
  text: z.string().min(1),
  component: z.string().optional(),
});

/**
 * Reads JSON lines; empty ones are left out.
 * @param what what the lines are, for messages
 * @throws {Breakage} `parse` on a line that is no alert
 * @example parseAlertLines('{"at": "2026-11-01T12:00:00Z", "text": "shelf is down"}', "alerts.jsonl")
 */
export function parseAlertLines(text: string, what: string): readonly Alert[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseReport(schema, line, `an alert of ${what}`));
}

/** Reads a JSON array of alerts, or JSON lines. @throws {Breakage} `parse` on anything else */
export function parseAlerts(text: string, what: string): readonly Alert[] {
  return text.trimStart().startsWith("[")
    ? parseReport(z.array(schema), text, `the list of alerts of ${what}`)
    : parseAlertLines(text, what);
}

/** The alerts from a time on, in one line each, without those that say that they are about another component. */
export function linesSince(
  alerts: readonly Alert[],
  { component }: TargetContext,
  since: number,
): readonly string[] {
  return alerts
    .filter((alert) => alert.at >= since && (alert.component ?? component.name) === component.name)
    .map(({ text }) => alertLine(text));
}

/** An alert's own words as one line of at most 200 characters, safe to print. */
export function alertLine(text: string): string {
  return excerpt(text.replaceAll(/\s+/g, " "), 200);
}

/** A source that cannot be asked. */
export function unreadable(message: string, why: string): Breakage {
  return new Breakage("environment", {
    message,
    why,
    fix: ["Correct `monitoring` of @towpath/gate-operations."],
  });
}
