/** One condition of a filter. */
interface Condition {
  readonly key: string;
  readonly text: string;
  readonly not: boolean;
}

/** What a row answers to each key; a key that it lacks fits nothing. */
export type Fields = Readonly<Record<string, readonly string[]>>;

/** Short names of keys. */
const aliases: Readonly<Record<string, string>> = {
  s: "status",
  g: "gate",
  c: "component",
  t: "target",
  r: "reason",
  k: "kind",
};

/**
 * Reads a filter such as `s:failed reason:F401 !c:shop "no module"`: all conditions must hold. `key:text` asks one field,
 * other words ask them all, `!` turns a condition round, quotes keep spaces.
 * @returns whether a row fits
 * @example parseFilter("s:failed")({ status: ["failed"] }) // true
 */
export function parseFilter(filter: string): (fields: Fields) => boolean {
  const conditions = [...filter.matchAll(/(!?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)].map(
    ([, not = "", key = "", quoted, word = ""]): Condition => ({
      key: aliases[key.toLowerCase()] ?? key.toLowerCase(),
      text: (quoted ?? word).toLowerCase(),
      not: not === "!",
    }),
  );
  return (fields) => conditions.every((condition) => holds(condition, fields) !== condition.not);
}

function holds({ key, text }: Condition, fields: Fields): boolean {
  const values = key === "" ? Object.values(fields).flat() : Object.hasOwn(fields, key) ? fields[key] : [];
  return (values ?? []).some((value) => value.toLowerCase().includes(text));
}
