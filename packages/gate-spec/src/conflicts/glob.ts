/** A longer pattern is no path that anybody writes. */
const longest = 500;

/**
 * A test for paths: `*` is anything within a folder, `**` any folders, `?` one character.
 * @throws {RangeError} for more than 500 characters
 * @example globTest("specs/**" + "/*.md")("specs/a/b.md") // true
 */
export function globTest(pattern: string): (path: string) => boolean {
  if (pattern.length > longest) throw new RangeError(`a pattern of more than ${longest} characters`);
  const parts = pattern.split("/").filter((part) => part !== "." && part !== "");
  const tests = parts.map((part) => (part === "**" ? undefined : partTest(part)));
  return (path) => matches(path.split("/"), tests);
}

/** The folder below which all paths lie that a pattern can match; `.` when nothing is fixed. */
export function globFolder(pattern: string): string {
  const parts = pattern.split("/").filter((part) => part !== "." && part !== "");
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  const fixed = wild < 0 ? parts : parts.slice(0, wild);
  return fixed.join("/") || ".";
}

type Test = (name: string) => boolean;

/** A star first takes nothing, then one more character each time that what follows it does not fit. */
function partTest(part: string): Test {
  const wanted = [...part];
  return (name) => {
    const given = [...name];
    let at = 0;
    let star = -1;
    let taken = 0;
    for (let index = 0; index < given.length;) {
      if (wanted[at] === "*") {
        star = at++;
        taken = index;
      } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === given[index])) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++taken;
      } else return false;
    }
    return wanted.slice(at).every((rest) => rest === "*");
  };
}

/** Which parts of the pattern may come next, after each folder: no way is tried twice. */
function matches(path: readonly string[], tests: readonly (Test | undefined)[]): boolean {
  const skip = (states: Set<number>): Set<number> => {
    for (const state of states) if (state < tests.length && tests[state] === undefined) states.add(state + 1);
    return states;
  };
  let states = skip(new Set([0]));
  for (const name of path) {
    const next = new Set<number>();
    for (const state of states) {
      if (state >= tests.length) continue;
      const test = tests[state];
      if (test === undefined) next.add(state);
      else if (test(name)) next.add(state + 1);
    }
    states = skip(next);
  }
  return states.has(tests.length);
}
