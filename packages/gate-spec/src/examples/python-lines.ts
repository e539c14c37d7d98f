/** A logical line of Python: what stands between two line ends outside of brackets and strings. */
export interface PythonLine {
  /** 0-based index of its first line in the block. */
  readonly index: number;
  /** Its lines as written. */
  readonly lines: readonly string[];
  /** Number of blanks before it. */
  readonly indent: number;
  /** Its code without the comment at its end, on the lines as written; empty for a comment alone. */
  readonly code: string;
  /** The comment at its end, without `#`. */
  readonly comment: string | undefined;
}

/** Splits Python into its logical lines; blank ones are left out. Whatever the text is, each of its lines is in at most one. */
export function pythonLines(text: string): readonly PythonLine[] {
  const result: PythonLine[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length;) {
    const state: State = { depth: 0, quote: "", comment: undefined, code: "" };
    const start = index;
    do {
      scan(lines[index] ?? "", state);
      index++;
    } while ((state.depth > 0 || state.quote !== "") && index < lines.length);
    const own = lines.slice(start, index);
    if (own.some((line) => line.trim() !== "")) {
      const [first = ""] = own;
      result.push({
        index: start,
        lines: own,
        indent: first.length - first.trimStart().length,
        code: state.code.trim(),
        comment: state.comment?.trim(),
      });
    }
  }
  return result;
}

interface State {
  depth: number;
  /** The quote that a string must end with, while inside of one. */
  quote: string;
  comment: string | undefined;
  code: string;
}

function scan(line: string, state: State): void {
  let at = 0;
  state.comment = undefined;
  while (at < line.length) {
    const sign = line[at] ?? "";
    if (state.quote !== "") {
      if (sign === "\\") at++;
      else if (line.startsWith(state.quote, at)) {
        at += state.quote.length - 1;
        state.quote = "";
      }
    } else if (sign === "#") {
      state.comment = line.slice(at + 1);
      break;
    } else if (sign === '"' || sign === "'") {
      const triple = sign.repeat(3);
      state.quote = line.startsWith(triple, at) ? triple : sign;
      at += state.quote.length - 1;
    } else if ("([{".includes(sign)) state.depth++;
    else if (")]}".includes(sign)) state.depth = Math.max(0, state.depth - 1);
    at++;
  }
  state.code += `${state.code === "" ? "" : "\n"}${line.slice(0, Math.min(at, line.length))}`;
  // A string with one quote ends with its line.
  if (state.quote.length === 1) state.quote = "";
}
