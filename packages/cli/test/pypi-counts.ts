/** The gates whose figures are compared. */
export const dimensions = [
  "lint",
  "format",
  "types",
  "tests",
  "coverage",
  "flaky",
  "secrets",
  "sast",
  "dependencies",
  "complexity",
] as const;

/** A gate whose figures are compared. */
export type Dimension = (typeof dimensions)[number];

/** How many there are of each kind; a kind that does not occur is absent. */
export type Tally = Readonly<Record<string, number>>;

/**
 * What was counted in one package, of the same kinds on both sides of the comparison:
 * - `lint`: issues by rule · `format`: files to be reformatted, by path
 * - `types`: diagnostics by severity and rule; where dependencies are missing, the missing modules instead
 * - `tests`: tests by outcome, in pytest's words · `flaky`: tests that failed and pass alone, by node id
 * - `coverage`: statements, those covered, and their share in percent to one decimal
 * - `secrets`: strings by type · `sast`: issues by severity · `complexity`: figure of each function over 10, by place
 * - `dependencies`: audited and unaudited ones, and vulnerabilities; or that the service gave no answer
 */
export type Counts = Readonly<Record<Dimension, Tally>>;

/** Counts equal words. */
export function tally(kinds: Iterable<string>): Tally {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Leaves out what does not occur. */
export function occurring(counts: Tally): Tally {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** The figures of coverage; none when nothing was measured. */
export function coverageTally(statements: number, covered: number): Tally {
  return { statements, covered, percent: Math.round((1000 * covered) / statements) / 10 };
}

/** The type of a secret as a rule's name: `Secret Keyword` is `secret-keyword`. */
export function secretKind(type: string): string {
  return type.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
