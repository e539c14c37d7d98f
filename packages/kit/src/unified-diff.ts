const context = 3;
/** Beyond this many changed lines a shortest diff costs too much; the changed block is shown as a whole. */
const mostEdits = 2_000;

/** One line of a diff: kept, taken out or put in. */
interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/**
 * The unified diff between two states of a file, as `git apply` and `patch` read it.
 * @param path POSIX path relative to the repository
 * @returns an empty text when nothing differs
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const script = editScript(linesOf(before), linesOf(after));
  const quoted = { from: quote(`a/${path}`), to: quote(`b/${path}`) };
  return `--- ${quoted.from}\n+++ ${quoted.to}\n${hunks(script).join("")}`;
}

/** Lines with their ends, so that a change of a line's end is a change too. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function editScript(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++;
  const middle = shortestEdits(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  const kept = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: " ", text }));
  return [...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - end))];
}

/** Myers' greedy algorithm: `furthest[k]` is how far into `a` the best path on diagonal `k` comes. */
function shortestEdits(a: readonly string[], b: readonly string[]): Line[] {
  const steps: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(mostEdits, a.length + b.length); edits++) {
    steps.push(furthest);
    const next = new Map<number, number>();
    for (let k = -edits; k <= edits; k += 2) {
      let x = comesDown(furthest, k, edits) ? reach(furthest, k + 1) : reach(furthest, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(steps, a, b);
    }
    furthest = next;
  }
  const all = (mark: "-" | "+", lines: readonly string[]): Line[] => lines.map((text) => ({ mark, text }));
  return [...all("-", a), ...all("+", b)];
}

function walkBack(steps: readonly Map<number, number>[], a: readonly string[], b: readonly string[]): Line[] {
  const script: Line[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = steps.length - 1; edits >= 0; edits--) {
    const furthest = steps[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = comesDown(furthest, k, edits);
    const fromX = edits === 0 ? 0 : reach(furthest, down ? k + 1 : k - 1);
    const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) script.push({ mark: " ", text: (y--, a[--x] ?? "") });
    if (edits === 0) break;
    if (down) script.push({ mark: "+", text: b[--y] ?? "" });
    else script.push({ mark: "-", text: a[--x] ?? "" });
  }
  return script.toReversed();
}

/** Whether the best path on diagonal `k` puts a line in rather than takes one out. */
function comesDown(furthest: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && reach(furthest, k - 1) < reach(furthest, k + 1));
}

function reach(furthest: ReadonlyMap<number, number>, k: number): number {
  return furthest.get(k) ?? 0;
}

function hunks(script: readonly Line[]): string[] {
  const found: string[] = [];
  let [oldLine, newLine, index] = [1, 1, 0];
  while (index < script.length) {
    const first = script.findIndex(({ mark }, at) => at >= index && mark !== " ");
    if (first === -1) break;
    let last = first;
    for (let at = first; at < script.length && at - last <= 2 * context; at++)
      if (script[at]?.mark !== " ") last = at;
    const start = Math.max(index, first - context);
    const lines = script.slice(start, last + 1 + context);
    [oldLine, newLine] = [oldLine + start - index, newLine + start - index];
    const [oldCount, newCount] = [count(lines, "+"), count(lines, "-")];
    found.push(
      `@@ -${span(oldLine, oldCount)} +${span(newLine, newCount)} @@\n${lines.map(printed).join("")}`,
    );
    [oldLine, newLine, index] = [oldLine + oldCount, newLine + newCount, start + lines.length];
  }
  return found;
}

/** How many lines do not have the mark, that is, how many lines one side has. */
function count(lines: readonly Line[], mark: "-" | "+"): number {
  return lines.filter((line) => line.mark !== mark).length;
}

/** An empty side is named by the line before it. */
function span(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function printed({ mark, text }: Line): string {
  return text.endsWith("\n") ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`;
}

/** Git's quoting of names with characters that would end or bend the line. */
function quote(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return /["\\\0-\x1f\x7f]/.test(name) ? JSON.stringify(name) : name;
}
