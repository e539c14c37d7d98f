/** The Python minors that ruff knows. */
const MINORS = [7, 8, 9, 10, 11, 12, 13, 14, 15];

/**
 * The oldest Python that `requires-python` allows, in ruff's spelling. Patch numbers do not count; undefined when
 * nothing bounds it from below.
 * @example targetVersion(">=3.11.2,<4") // "py311"
 */
export function targetVersion(requiresPython: string): string | undefined {
  const bounds = requiresPython.split(",").flatMap((part) => {
    const match = /^\s*(>=|>|~=|===?)\s*3(?:\.(\d+))?/.exec(part);
    return match ? [Number(match[2] ?? 0)] : [];
  });
  if (bounds.length === 0) return undefined;
  const minor = MINORS.find((known) => known >= Math.max(...bounds));
  return minor === undefined ? undefined : `py3${minor}`;
}
