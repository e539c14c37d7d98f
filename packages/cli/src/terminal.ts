import { styleText } from "node:util";
import type { Verdict } from "@towpath/core";
import { isCI } from "std-env";

/** When to colour, as `--color` says it. */
export type ColorFlag = "auto" | "always" | "never";

/**
 * Whether to colour a stream. `--color` wins, then NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal, a known CI.
 * An empty NO_COLOR or FORCE_COLOR counts as not set.
 */
export function useColor(options: {
  readonly flag?: ColorFlag;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  readonly knownCI: boolean;
}): boolean {
  const { flag = "auto", env } = options;
  if (flag !== "auto") return flag === "always";
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  if (env["TERM"] === "dumb") return false;
  return options.isTTY || options.knownCI;
}

/** Colour names that the reporters use. */
export type Tone = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** Paints text, or leaves it alone. */
export type Paint = (tone: Tone, text: string) => string;

/** The paint for a stream. */
export function paintFor(flag: ColorFlag | undefined, stream: { readonly isTTY?: boolean }): Paint {
  const on = useColor({
    ...(flag === undefined ? {} : { flag }),
    env: process.env,
    isTTY: stream.isTTY === true,
    knownCI: isCI,
  });
  return (tone, text) => (on ? styleText(tone, text, { validateStream: false }) : text);
}

interface Mark {
  readonly glyph: string;
  readonly ascii: string;
  readonly tone: Tone;
}

const marks: Readonly<Record<Verdict, Mark>> = {
  passed: { glyph: "✓", ascii: "ok", tone: "green" },
  warned: { glyph: "▲", ascii: "warn", tone: "yellow" },
  failed: { glyph: "✗", ascii: "FAIL", tone: "red" },
  inconclusive: { glyph: "?", ascii: "?", tone: "yellow" },
  errored: { glyph: "!", ascii: "ERR", tone: "red" },
  skipped: { glyph: "–", ascii: "skip", tone: "dim" },
  waived: { glyph: "~", ascii: "waiv", tone: "yellow" },
};

/** The sign of a verdict; always beside a word, never instead of one. */
export function mark(verdict: Verdict, paint: Paint): string {
  const { glyph, ascii, tone } = marks[verdict];
  return paint(tone, speaksUnicode() ? glyph : ascii);
}

function speaksUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = LC_ALL || LC_CTYPE || LANG;
  return locale === undefined || locale === "" || /utf-?8/i.test(locale);
}
