/** A comment of a Python file. */
export interface Comment {
  /** From 1. */
  readonly line: number;
  /** From its `#` to the end of the line. */
  readonly text: string;
}

/** A Python file with what is code, what is text and what is comment told apart. */
export interface PythonText {
  /** As long as the source: contents of strings and comments are blank, line breaks stay. */
  readonly code: string;
  readonly comments: readonly Comment[];
}

/** Deeper nesting of formatted strings is not read. */
const deepest = 50;

/**
 * Tells code, strings and comments of Python apart, formatted strings within formatted strings included. It reads
 * what is no valid Python as well as it can.
 * @throws {RangeError} when formatted strings are nested deeper than 50 times
 * @example readPython("x = '# no' # yes").comments[0]?.text // "# yes"
 */
export function readPython(source: string): PythonText {
  const code = source.split("");
  const comments: Comment[] = [];
  let at = 0;
  let line = 1;
  let counted = 0;

  const blank = (start: number, end: number): void => {
    for (let index = start; index < Math.min(end, source.length); index++)
      if (!isBreak(source[index])) code[index] = " ";
  };
  const lineOf = (index: number): number => {
    for (; counted < index; counted++) if (endsLine(source, counted)) line += 1;
    return line;
  };

  /** Reads code to the end, or within a formatted string to the `}` or `:` that ends it. */
  const readCode = (depth: number): void => {
    let brackets = 0;
    while (at < source.length) {
      const character = source[at] ?? "";
      if (depth > 0 && brackets === 0 && (character === "}" || character === ":")) return;
      if (character === "#") readComment();
      else if (character === '"' || character === "'") readString("", depth);
      else if (isWord(character)) readWord(depth);
      else {
        if ("([{".includes(character)) brackets += 1;
        if (")]}".includes(character)) brackets = Math.max(0, brackets - 1);
        at += 1;
      }
    }
  };
  const readComment = (): void => {
    const start = at;
    while (at < source.length && !isBreak(source[at])) at += 1;
    comments.push({ line: lineOf(start), text: source.slice(start, at) });
    blank(start, at);
  };
  /** A name; or the prefix of a string, and the string. */
  const readWord = (depth: number): void => {
    const start = at;
    while (at < source.length && isWord(source[at] ?? "")) at += 1;
    const quote = source[at];
    if (quote !== '"' && quote !== "'") return;
    const word = source.slice(start, at).toLowerCase();
    readString(/^(?:[rbuft]|[bft]r|r[bft])$/.test(word) ? word : "", depth);
  };
  const readString = (prefix: string, depth: number): void => {
    const quote = source[at] ?? "";
    const triple = source.startsWith(quote.repeat(3), at);
    const end = triple ? quote.repeat(3) : quote;
    at += end.length;
    if (/[ft]/.test(prefix)) readFormatted({ end, raw: prefix.includes("r") }, depth);
    else readPlain(end);
  };
  const readPlain = (end: string): void => {
    const start = at;
    while (at < source.length && !source.startsWith(end, at)) {
      if (end.length === 1 && isBreak(source[at])) break;
      at += source[at] === "\\" ? afterBackslash() : 1;
    }
    at = Math.min(at, source.length);
    blank(start, at);
    if (source.startsWith(end, at)) at += end.length;
  };
  /** The text of a formatted string up to its end; in a format, up to the `}` of the field around it. */
  const readFormatted = (
    string: { readonly end: string; readonly raw: boolean },
    depth: number,
    format = false,
  ): void => {
    if (depth > deepest) throw new RangeError("formatted strings are nested too deeply");
    let start = at;
    const upToHere = (): void => blank(start, at);
    while (at < source.length) {
      const character = source[at] ?? "";
      if (source.startsWith(string.end, at)) {
        upToHere();
        if (!format) at += string.end.length;
        return;
      }
      if (format && character === "}") return upToHere();
      if (string.end.length === 1 && isBreak(character)) return upToHere();
      if (character === "\\") at += backslashInFormatted(string);
      else if (!format && (source.startsWith("{{", at) || source.startsWith("}}", at))) at += 2;
      else if (character === "{") {
        upToHere();
        readField(string, depth);
        start = at;
      } else at += 1;
    }
    upToHere();
  };
  const readField = (string: { readonly end: string; readonly raw: boolean }, depth: number): void => {
    at += 1;
    readCode(depth + 1);
    if (source[at] === ":") {
      at += 1;
      readFormatted(string, depth + 1, true);
    }
    if (source[at] === "}") at += 1;
  };
  const backslashInFormatted = ({ raw }: { readonly raw: boolean }): number => {
    const next = source[at + 1];
    if (next === "{" || next === "}") return 1;
    if (raw || next !== "N" || source[at + 2] !== "{") return afterBackslash();
    const close = source.indexOf("}", at);
    return close === -1 ? 3 : close + 1 - at;
  };
  /** A backslash takes what follows it along; a line break of two characters is one. */
  const afterBackslash = (): number => (source.startsWith("\r\n", at + 1) ? 3 : 2);

  readCode(0);
  return { code: code.join(""), comments };
}

/** The line, from 1, on which an index of a text lies. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = 0; at < index; at++) if (endsLine(text, at)) line += 1;
  return line;
}

function isBreak(character: string | undefined): boolean {
  return character === "\n" || character === "\r";
}

function endsLine(text: string, index: number): boolean {
  return text[index] === "\n" || (text[index] === "\r" && text[index + 1] !== "\n");
}

function isWord(character: string): boolean {
  return /[\w\u0080-\uffff]/.test(character);
}
