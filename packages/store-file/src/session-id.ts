import { componentNamePattern, TowpathError } from "@towpath/core";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const datedPattern = /^(.+?)(?:-(\d{4}-\d{2}-\d{2}))(?:-(\d{1,4}))?$/;

/** What the name of a session says. */
export interface SessionName {
  readonly component: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Of several on one day: 1, 2, … */
  readonly number: number;
}

/**
 * Takes a name of the forms `<component>-workflow-YYYY-MM-DD` and `<component>-YYYY-MM-DD` apart, with `-2` and so on
 * behind them.
 * @returns undefined for a free name
 */
export function readSessionName(id: string): SessionName | undefined {
  const [, before = "", date = "", number = "1"] = datedPattern.exec(id) ?? [];
  const component = before.endsWith("-workflow") ? before.slice(0, -"-workflow".length) : before;
  return componentNamePattern.test(component) ? { component, date, number: Number(number) } : undefined;
}

/** Whether a name may become the name of a file. */
export function isSessionId(id: string): boolean {
  return namePattern.test(id);
}

/**
 * Checks the name of a session before it becomes the name of a file.
 * @throws {TowpathError} TP1003
 */
export function checkSessionId(id: string): string {
  if (isSessionId(id)) return id;
  throw new TowpathError("TP1003", {
    message: `${JSON.stringify(id.slice(0, 80))} is no name of a session`,
    why: "Names become file names, so only letters, digits, `.`, `_` and `-` are accepted, and at most 128 of them.",
    fix: ["towpath context list"],
  });
}
