/** What stands for a value in an argument. */
export const placeholders = [
  "digest",
  "file",
  "image",
  "key",
  "run",
  "epoch",
  "environment",
  "component",
  "previous",
  "previousImage",
] as const;

/** Name of a placeholder, written `{name}`. */
export type Placeholder = (typeof placeholders)[number];

/** What is known before there is a release: all that a command may use that only asks. */
export const placePlaceholders: readonly Placeholder[] = ["environment", "component"];

/** What placeholders stand for, by name. */
export type Values = Readonly<Record<string, string | undefined>>;

const pattern = /\{([A-Za-z]+)\}/g;

/** The placeholders of a text, known or not, in their order. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}

/**
 * Puts values in the place of their placeholders. Each argument stays one argument, whatever a value holds, and a value
 * is never searched for placeholders itself. One without a value stays as it is, for display.
 * @example substitute(["deploy", "--tag={digest}"], { digest: "3f…" }) // ["deploy", "--tag=3f…"]
 */
export function substitute(argv: readonly string[], values: Values): readonly string[] {
  const known = new Map(Object.entries(values));
  return argv.map((argument) =>
    argument.replaceAll(pattern, (written: string, name: string) => known.get(name) ?? written),
  );
}
