import type { Figure } from "@towpath/core";

/** What a number can be of. */
export type UnitKind = "%" | "ms" | "B" | "/s" | "";

/** A number with its unit in a text, and the limit that the words around it make it. */
export interface Quantity {
  /** In the base of its unit. */
  readonly value: number;
  readonly kind: UnitKind;
  /** The word after a number without a known unit: `users` of `100 users`. */
  readonly word?: string;
  /** Absent when the words do not say whether more or less is better. */
  readonly operator?: Figure["operator"];
  /** UTF-16 index of the first character, the words of the limit included. */
  readonly start: number;
  readonly end: number;
}

interface Unit {
  readonly kind: UnitKind;
  readonly factor: number;
}

const kilo = 1_000;
const kibi = 1_024;

const units: ReadonlyMap<string, Unit> = new Map<string, Unit>(
  (
    [
      [["%", "percent", "per cent"], "%", 1],
      [["us", "µs", "μs", "microseconds"], "ms", 1 / kilo],
      [["ms", "msec", "millisecond", "milliseconds"], "ms", 1],
      [["s", "sec", "secs", "second", "seconds"], "ms", kilo],
      [["min", "mins", "minute", "minutes"], "ms", 60 * kilo],
      [["h", "hr", "hrs", "hour", "hours"], "ms", 3_600 * kilo],
      [["d", "day", "days"], "ms", 86_400 * kilo],
      [["b", "byte", "bytes"], "B", 1],
      [["kb"], "B", kilo],
      [["mb"], "B", kilo ** 2],
      [["gb"], "B", kilo ** 3],
      [["kib"], "B", kibi],
      [["mib"], "B", kibi ** 2],
      [["gib"], "B", kibi ** 3],
      [["/s", "rps", "qps", "tps", "per second"], "/s", 1],
      [["/min", "rpm", "per minute"], "/s", 1 / 60],
    ] as const
  ).flatMap(([names, kind, factor]) => names.map((name) => [name, { kind, factor }] as const)),
);

// Nouns that may stand between a number and "per second".
const noun = String.raw`(?:(?:req(?:uests?)?|calls?|queries|operations?|ops|messages?|events?|transactions?) ?)?`;
const unit = String.raw`%|per ?cent\b|${noun}(?:/ ?(?:s(?:ec(?:ond)?)?|min(?:ute)?)\b|per (?:second|minute)\b)|(?:[µμ]s|[a-z]{1,12})\b`;

type Limit = readonly [operator: Figure["operator"], pattern: string];

const words: readonly Limit[] = [
  [
    "<=",
    String.raw`(?:not|never) (?:exceed|(?:be |rise |go |grow )?(?:above|over|more than|greater than|higher than))`,
  ],
  [">=", String.raw`(?:not|never) (?:be |fall |drop |go )?(?:below|under|less than|lower than)`],
  [">=", String.raw`at least|no(?:t)? (?:less|fewer|lower) than|minimum(?: of)?|min\.?`],
  [
    "<=",
    String.raw`at most|no(?:t)? (?:more|greater|higher|longer) than|maximum(?: of)?|max\.?|up to|within`,
  ],
  [">", "more than|greater than|higher than|exceed(?:s|ing)?|above|over"],
  ["<", "less than|fewer than|lower than|faster than|below|under"],
  ["=", "exactly|equal to"],
];
const signs: readonly Limit[] = [
  [">=", ">=|≥|=>"],
  ["<=", "<=|≤"],
  [">", ">"],
  ["<", "<"],
  ["=", "==?"],
];
const limits: readonly Limit[] = [...words, ...signs];
const anyOf = (all: readonly Limit[]): string => all.map(([, pattern]) => `(${pattern})`).join("|");

const quantity = new RegExp(
  [
    // Without a limit before it: no part of a name, a version, a date, a range or an estimate.
    String.raw`(?:(?<![\w-])(?:${anyOf(words)})(?: an?)?:?\s{1,3}|(?<!-)(?:${anyOf(signs)})\s{0,3}|(?<![\w.,/:#~≈–-]))`,
    String.raw`(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(\.\d{1,6})?(?![\d,.]*\d)`,
    String.raw`(?:\s{0,2}(${unit}))?`,
    String.raw`(?:\s{1,2}(or (?:less|fewer|below|lower|faster)|maximum\b|max\b)|\s{1,2}(or (?:more|above|higher|better|greater)|minimum\b)|(\+))?`,
  ].join(""),
  "gi",
);

/**
 * The numbers of a sentence, in its order. Numbers that say about how much (`~200 ms`), ranges (`60–80 %`), dates and
 * versions are none. Linear in the length of the text.
 * @example quantitiesIn("p95 must stay below 0.2 s") // [{ value: 200, kind: "ms", operator: "<", start: 13, end: 24 }]
 */
export function quantitiesIn(text: string): readonly Quantity[] {
  return Array.from(text.matchAll(quantity)).flatMap((match): readonly Quantity[] => {
    const { index } = match;
    const groups = match.slice(1);
    const operators = groups.slice(0, limits.length);
    const [whole = "", fraction = "", name, most, least, plus] = groups.slice(limits.length);
    const known = name === undefined ? undefined : unitOf(name);
    const written = operators.findIndex((group) => group !== undefined);
    const operator =
      limits[written]?.[0] ??
      (most !== undefined ? "<=" : least !== undefined || plus !== undefined ? ">=" : undefined);
    const value = Number(whole.replaceAll(",", "") + fraction) * (known?.factor ?? 1);
    if (/^ ?[-–] ?\d/.test(text.slice(index + match[0].length, index + match[0].length + 4))) return [];
    const word = known === undefined ? name?.toLowerCase() : undefined;
    // Such a word may say of what the number is, so it is no part of it.
    const end = index + (word === undefined ? match[0].length : match[0].toLowerCase().lastIndexOf(word));
    return [
      {
        value: Number(value.toPrecision(12)),
        kind: known?.kind ?? "",
        ...(word === undefined ? {} : { word }),
        ...(operator === undefined ? {} : { operator }),
        start: index,
        end,
      },
    ];
  });
}

function unitOf(name: string): Unit | undefined {
  const plain = name
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .replace(/^percent$/, "%");
  const direct = units.get(plain);
  if (direct !== undefined) return direct;
  if (/\/ ?s(?:ec(?:ond)?)?$|per second$/.test(plain)) return units.get("/s");
  return /\/ ?min(?:ute)?$|per minute$/.test(plain) ? units.get("/min") : undefined;
}
