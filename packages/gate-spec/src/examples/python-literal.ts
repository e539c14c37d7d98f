const longest = 1_000;
const deepest = 20;

/**
 * Whether a text is a Python value that can be written down without running anything: a number, a string, `None`, a
 * list, tuple, set or dictionary of such, a member of a class (`Status.OPEN`), or a class called with such
 * (`Decimal("0.1")`).
 */
export function isPythonLiteral(text: string): boolean {
  if (text.length > longest) return false;
  const end = value(text, blanks(text, 0), 0);
  return end !== undefined && blanks(text, end) === text.length;
}

/**
 * What a plain string literal says, or undefined for anything else.
 * @example plainString("'a'") // "a"
 */
export function plainString(text: string): string | undefined {
  if (text.length > longest || /^[rRbB]|\\[^\\'"n]/.test(text) || text.startsWith('"""')) return undefined;
  if (quoted(text, 0) !== text.length) return undefined;
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
}

const number =
  /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const name = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y;

/** The index after the value that begins at an index, or undefined. */
function value(text: string, at: number, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const sign = text[at];
  if (sign === "(" || sign === "[" || sign === "{") return items(text, at + 1, sign, depth + 1);
  if (sign === "-" || sign === "+") return match(number, text, at + 1);
  return match(number, text, at) ?? strings(text, at) ?? named(text, at, depth);
}

function named(text: string, at: number, depth: number): number | undefined {
  const end = match(name, text, at);
  if (end === undefined) return undefined;
  const word = text.slice(at, end);
  if (word === "True" || word === "False" || word === "None") return end;
  const last = word.slice(word.lastIndexOf(".") + 1);
  const ofClass = /^[A-Z]/.test(word) || /^[A-Z]/.test(last);
  if (!ofClass) return undefined;
  if (text[end] === "(") return items(text, end + 1, "(", depth + 1);
  return word.includes(".") ? end : undefined;
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function items(text: string, start: number, open: string, depth: number): number | undefined {
  const close = closing[open];
  let at = blanks(text, start);
  while (text[at] !== close) {
    const keyword = open === "(" ? /\w+=(?!=)/y : undefined;
    const from = keyword === undefined ? at : (match(keyword, text, at) ?? at);
    let end = value(text, blanks(text, from), depth);
    if (end === undefined) return undefined;
    end = blanks(text, end);
    if (open === "{" && text[end] === ":") {
      const after = value(text, blanks(text, end + 1), depth);
      if (after === undefined) return undefined;
      end = blanks(text, after);
    }
    if (text[end] === ",") end = blanks(text, end + 1);
    else if (text[end] !== close) return undefined;
    at = end;
  }
  return at + 1;
}

/** Strings that follow each other are one. */
function strings(text: string, at: number): number | undefined {
  let end = quoted(text, at);
  for (let next = end; next !== undefined; next = quoted(text, blanks(text, next))) end = next;
  return end;
}

function quoted(text: string, at: number): number | undefined {
  const start = match(/[rRbBuU]{0,2}/y, text, at) ?? at;
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === quote) return index + 1;
  }
  return undefined;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function blanks(text: string, at: number): number {
  let end = at;
  while (text[end] === " " || text[end] === "\n") end++;
  return end;
}
