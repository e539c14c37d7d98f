import type { BriefMessage } from "@towpath/core";
import { when } from "@towpath/report";
import { cleanStrings } from "../clean-strings.ts";
import { paintFor, type ColorFlag, type Paint } from "../terminal.ts";
import type { ShownSession } from "./context-shown.ts";

/** A session in the words of the terminal. Nothing in it can move the cursor or change colours. */
export function contextText(shown: ShownSession, color: ColorFlag | undefined): string {
  const paint = paintFor(color, process.stdout);
  const { session, component, archived, messages, dropped, droppedMessages, tokens, budget, notCompared } =
    cleanStrings(shown);
  const stale = messages.filter((message) => message.stale !== undefined).length;
  const facts = [
    `${messages.length} of ${messages.length + dropped} messages`,
    `${tokens} tokens${budget === undefined ? "" : ` of ${budget}`}`,
    ...(stale === 0 ? [] : [`${stale} out of date`]),
    ...(archived ? ["archived"] : []),
  ];
  const blocks = [
    `${paint("bold", session)}  ${component}\n${facts.join(" · ")}\n`,
    ...(notCompared === undefined
      ? []
      : [`${paint("yellow", "not compared with the specification:")} ${notCompared}\n`]),
    ...messages.map((message) => messageText(message, paint)),
  ];
  if (dropped > 0) {
    const lines = droppedMessages.map(
      ({ role, importance, at, words }) => `  ${role} ${importance} ${when(Date.parse(at))}  ${words}\n`,
    );
    blocks.push(`${paint("yellow", "left out")}, as it does not fit:\n${lines.join("")}`);
  }
  return blocks.join("\n");
}

/** Text below its head line. */
export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function messageText(
  { role, importance, at, untrusted, stale, content }: BriefMessage,
  paint: Paint,
): string {
  const head = [role, String(importance), when(Date.parse(at)), ...(untrusted ? ["untrusted"] : [])].join(
    "  ",
  );
  const changed =
    stale === undefined ? "" : `  ${paint("yellow", `out of date: ${stale.join(", ")} changed`)}\n`;
  return `${paint("dim", head)}\n${changed}${indent(content)}\n`;
}
