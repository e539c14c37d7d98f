import type { SpecExample } from "@towpath/core";
import { isPythonLiteral, plainString } from "./python-literal.ts";

type Expected = SpecExample["expected"];

const className = "([A-Z]\\w{0,100}(?:\\.\\w{1,100}){0,5})";
const raises = new RegExp(`^(?:[Rr]aises?|[Tt]hrows?):? {1,3}\`?${className}\`?(?:$|[: (–—-]{1,3}(.*)$)`);
const error = new RegExp(
  `^((?:\\w{1,100}\\.){0,5}[A-Z]\\w{0,100}(?:Error|Exception|Warning|Exit|Interrupt|NotFound))(?:$|: ?(.*)$)`,
);
const arrow =
  /^(?:->|=>|→|⇒|==|=|(?:returns?|results?(?: in)?|gives|outputs?|expected|is|evaluates to)\b:?)\s{0,3}/i;

/**
 * What a comment, a table cell or a line of a session says will come of a call: a Python value, or an exception.
 * Anything else is no statement that could be checked.
 * @example expectedOf("-> 8") // { kind: "value", source: "8" }
 */
export function expectedOf(text: string): Expected | undefined {
  const words = text.trim().slice(0, 1_000);
  const bare = words.replace(arrow, "");
  const raised = raises.exec(words) ?? raises.exec(bare) ?? error.exec(bare);
  if (raised !== null) return raisedBy(raised[1] ?? "", messageIn(raised[2] ?? ""));
  if (isPythonLiteral(bare)) return { kind: "value", source: bare.trim() };
  const code = /^`([^`]+)`\.?$/.exec(bare)?.[1];
  return code !== undefined && isPythonLiteral(code) ? { kind: "value", source: code.trim() } : undefined;
}

/** That a call raises an exception, with this message unless it is empty. */
export function raisedBy(exception: string, message: string | undefined): Expected {
  const said = message === undefined || message === "" ? {} : { message };
  return { kind: "raises", exception, ...said };
}

/** A message, quoted or not. A quote that is more than a plain string is none. */
function messageIn(text: string): string | undefined {
  const words = text.replace(/\)$/, "").trim();
  return plainString(words) ?? (/^["']/.test(words) ? undefined : words);
}
