import { Buffer, isAscii } from "node:buffer";
import type { FoundSymbol } from "./scan.ts";

const mostSignature = 200;
const mostDoc = 300;
/** A signature that goes on for longer is not closed. */
const longestSignature = 16_384;
/** Below so many definitions within each other nothing is named any more: names would grow with the depth. */
const deepest = 32;

const newline = 10;
const space = 32;
const hash = 35;
const backslash = 92;

const constant = /_*[A-Z][A-Z0-9_]*(?=[ \t]*(?::[^=\n]{1,200})?=(?!=))/y;
/** The value of a constant is shown when it can hold no secret. */
const plainValue = /^[^=]*=\s*(?:[-+]?[\d_.]{1,20}|True|False|None)\s*(?:#.*)?$/;

/** Bytes that matter between a name and the colon that ends its signature. */
const inSignature: Uint8Array = table("()[]{}\"'#:\n");
/** What ends a name. */
const endsName: Uint8Array = table(" \t\n\r\f():,[]{}#\"'\\=;.+-*/%|&<>@!`$?");
/** What a line can begin with that begins a statement. */
const beginsStatement: Uint8Array = table("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_@");
for (let byte = 128; byte < 256; byte++) beginsStatement[byte] = 1;
/** What a line ends with whose statement goes on. */
const leavesOpen: Uint8Array = table(",([{\\+-*/%=|&<>");

interface Scope {
  readonly indent: number;
  readonly name: string;
  readonly isClass: boolean;
  /** 1 for what stands in nothing. */
  readonly depth: number;
  readonly outer: Scope | undefined;
  /** Indent of its statements; 0 until the first is met. */
  body: number;
}

/** Where a definition and its name begin. */
interface Head {
  readonly from: number;
  readonly name: number;
  readonly indent: number;
}

/**
 * Finds the definitions in Python code without a parser: by lines, indents and the strings that span lines. It takes
 * time in proportion to the length, whatever the text is, and never fails: of what is no Python it finds what looks so.
 * @param bytes UTF-8
 * @param text the same with one character for each byte
 * @returns the module first, then what it defines, in the order of the text
 * @example scanPython(Buffer.from("def put(book): ...\n"))[1]?.signature // "def put(book)"
 */
export function scanPython(bytes: Buffer, text: string = bytes.toString("latin1")): readonly FoundSymbol[] {
  return new Scan(bytes, text).run();
}

class Scan {
  readonly #bytes: Buffer;
  /** One character for each byte, so that places in both are the same. */
  readonly #text: string;
  readonly #ascii: boolean;
  #top: Scope | undefined;
  readonly #found: FoundSymbol[] = [];
  /** Where the text begins, behind a byte order mark. */
  #at = 0;
  /** Number of the line that is read. */
  #line = 1;
  #nextDouble = -1;
  #nextSingle = -1;
  /** Set when a signature did not end: the file is no valid Python, and no other one is followed over its line. */
  #broken = false;

  constructor(bytes: Buffer, text: string) {
    this.#bytes = bytes;
    this.#text = text;
    this.#ascii = isAscii(bytes);
    if (this.#text.startsWith("\u00ef\u00bb\u00bf")) this.#at = 3;
  }

  run(): readonly FoundSymbol[] {
    const bytes = this.#bytes;
    const text = this.#text;
    const { length } = bytes;
    this.#found.push({ kind: "module", line: 1, name: "", signature: "", doc: this.#docAt(this.#at, -1) });
    let previousEnd = 0;
    for (let at = this.#at; at < length;) {
      let from = at;
      while (bytes[from] === space) from++;
      let indent = from - at;
      let first = bytes[from] ?? newline;
      if (first === 9 || first === 12) {
        [from, indent] = this.#indent(at);
        first = bytes[from] ?? newline;
      }
      let end = -1;
      if (first !== newline && first !== hash && first !== 13) {
        from = this.#statement(from, indent, first, previousEnd);
        previousEnd = end = this.#statementEnd(from);
      } else end = text.indexOf("\n", from);
      at = end < 0 ? length : end + 1;
      this.#line++;
    }
    return this.#found;
  }

  /** Place and width of an indent with tabs. */
  #indent(at: number): [from: number, indent: number] {
    let from = at;
    let indent = 0;
    for (; ; from++) {
      const byte = this.#bytes[from];
      if (byte === space) indent++;
      else if (byte === 9) indent += 8 - (indent % 8);
      else if (byte === 12) indent = 0;
      else return [from, indent];
    }
  }

  /**
   * @param previousEnd where the line of code before ends
   * @returns the place up to which the statement was read
   */
  #statement(from: number, indent: number, first: number, previousEnd: number): number {
    const name = first === 97 || first === 99 || first === 100 ? this.#nameAt(from, first) : -1;
    if (name >= 0) return this.#definition({ from, name, indent }, this.#scopeOf(indent));
    const top = this.#top;
    if (top !== undefined && top.body === 0 && indent > top.indent) top.body = indent;
    // A to Z, _
    const capital = (first >= 65 && first <= 90) || first === 95;
    const leaves = top !== undefined && indent <= top.indent;
    if (!capital && !leaves) return from;
    // A line inside brackets may look like a statement that leaves a definition, or like a constant.
    if (beginsStatement[first] === 0 || this.#endsOpen(previousEnd)) return from;
    const scope = leaves ? this.#scopeOf(indent) : top;
    const level = scope === undefined ? 0 : scope.isClass ? scope.body : -1;
    if (capital && indent === level) this.#constant(from, scope);
    return from;
  }

  /** What a statement stands in. What it ends is left. */
  #scopeOf(indent: number): Scope | undefined {
    let top = this.#top;
    while (top !== undefined && indent <= top.indent) top = top.outer;
    if (top !== undefined && top.body === 0) top.body = indent;
    this.#top = top;
    return top;
  }

  #constant(from: number, scope: Scope | undefined): void {
    constant.lastIndex = from;
    const name = constant.exec(this.#text)?.[0];
    if (name === undefined) return;
    const end = this.#text.indexOf("\n", from);
    const whole = this.#text.slice(
      from,
      Math.min(end < 0 ? this.#text.length : end, from + 2 * mostSignature),
    );
    const declared = whole.slice(0, whole.indexOf("=")).trimEnd();
    const signature = plainValue.test(whole) ? whole.trimEnd() : `${declared} = …`;
    const qualified = scope === undefined ? name : `${scope.name}.${name}`;
    this.#add("constant", qualified, signature, "");
  }

  /** The place of the name that a definition at `from` gives; -1 where none begins. */
  #nameAt(from: number, first: number): number {
    const bytes = this.#bytes;
    let at = from;
    // async
    if (first === 97) {
      if (!this.#text.startsWith("async", at)) return -1;
      at = this.#behindSpace(at + 5);
      if (bytes[at] !== 100) return -1;
    }
    // def, class
    const word = bytes[at] === 100 ? "def" : "class";
    if (bytes[at + 2] !== word.charCodeAt(2) || !this.#text.startsWith(word, at)) return -1;
    at = this.#behindSpace(at + word.length);
    return at < 0 || endsName[bytes[at] ?? newline] === 1 ? -1 : at;
  }

  /** The place behind the blanks at `at`, of which there must be one. */
  #behindSpace(at: number): number {
    let behind = at;
    while (this.#bytes[behind] === space || this.#bytes[behind] === 9) behind++;
    return behind === at ? -1 : behind;
  }

  #definition({ from, name: nameAt, indent }: Head, scope: Scope | undefined): number {
    const bytes = this.#bytes;
    const isClass = bytes[from] === 99;
    let after = nameAt;
    while (endsName[bytes[after] ?? newline] === 0) after++;
    const own = this.#decode(this.#text.slice(nameAt, after));
    const name = scope === undefined ? own : `${scope.name}.${own}`;
    const line = this.#line;
    const { end, text } = this.#signature(from, after);
    const depth = scope === undefined ? 1 : scope.depth + 1;
    if (depth > deepest) return end;
    this.#top = { indent, name, isClass, depth, outer: scope, body: 0 };
    const kind = isClass ? "class" : scope?.isClass === true ? "method" : "function";
    const doc = this.#bytes[end] === 58 ? this.#docAt(end + 1, indent) : "";
    this.#found.push({ kind, line, name, signature: this.#decode(text), doc });
    return end;
  }

  /** The signature that begins at `from`, and the place of the colon behind it; the line's end where there is none. */
  #signature(from: number, after: number): { readonly end: number; readonly text: string } {
    const bytes = this.#bytes;
    const lineEnd = this.#lineEnd(after);
    const limit = this.#broken ? lineEnd : Math.min(bytes.length, after + longestSignature);
    const line = this.#line;
    const parts: string[] = [];
    let part = from;
    let depth = 0;
    let at = after;
    for (; at < limit; at++) {
      const byte = bytes[at] ?? newline;
      if (inSignature[byte] === 0) continue;
      if (byte === 58 && depth <= 0) break;
      if (byte === newline) {
        if (depth <= 0 && bytes[at - 1] !== backslash) break;
        this.#line++;
      } else if (byte === 40 || byte === 91 || byte === 123) depth++;
      else if (byte === 41 || byte === 93 || byte === 125) depth--;
      else if (byte === hash) {
        parts.push(this.#text.slice(part, at));
        at = this.#lineEnd(at) - 1;
        part = at + 1;
      } else if (byte === 34 || byte === 39) at = this.#stringEnd(at) - 1;
    }
    if (at >= limit && depth > 0) {
      this.#broken = true;
      this.#line = line;
      return {
        end: lineEnd,
        text: this.#text.slice(from, Math.min(lineEnd, from + mostSignature)).trimEnd(),
      };
    }
    const written =
      parts.length === 0 ? this.#text.slice(from, at) : parts.join("") + this.#text.slice(part, at);
    return { end: Math.min(at, bytes.length), text: onOneLine(written) };
  }

  /** The docstring of what begins at `at`, behind its colon: a string on the same line or in the first line below. */
  #docAt(at: number, indent: number): string {
    const bytes = this.#bytes;
    let from = at;
    let column = 0;
    let below = indent < 0;
    for (; ; from++) {
      const byte = bytes[from];
      if (byte === hash) from = this.#lineEnd(from) - 1;
      else if (byte === newline) {
        below = true;
        column = 0;
      } else if (byte === space || byte === 9 || byte === 13 || byte === 12) column++;
      else break;
    }
    if (below && column <= indent) return "";
    // r, R, u, U
    const prefix = bytes[from] ?? newline;
    if (prefix === 114 || prefix === 82 || prefix === 117 || prefix === 85) from++;
    const quote = bytes[from];
    if (quote !== 34 && quote !== 39) return "";
    const marks = bytes[from + 1] === quote && bytes[from + 2] === quote ? 3 : 1;
    const open = from + marks;
    const written = this.#text
      .slice(open, Math.min(this.#stringEnd(from) - marks, open + 2 * mostDoc))
      .trim();
    const paragraph = written.indexOf("\n\n");
    return this.#decode(written.slice(0, paragraph < 0 ? mostDoc : Math.min(paragraph, mostDoc)));
  }

  /** The place behind the string whose opening quote stands at `at`. One in single quotes ends with its line. */
  #stringEnd(at: number): number {
    const bytes = this.#bytes;
    const quote = bytes[at];
    const triple = bytes[at + 1] === quote && bytes[at + 2] === quote;
    if (triple) return this.#tripleEnd(at + 3, quote === 34 ? '"""' : "'''");
    for (let end = at + 1; end < bytes.length; end++) {
      const byte = bytes[end];
      if (byte === backslash) end++;
      else if (byte === quote) return end + 1;
      else if (byte === newline) return end;
    }
    return bytes.length;
  }

  #tripleEnd(from: number, quotes: string): number {
    for (let at = from; ;) {
      const close = this.#text.indexOf(quotes, at);
      if (close < 0) return this.#bytes.length;
      let slashes = 0;
      while (close - slashes > from && this.#bytes[close - slashes - 1] === backslash) slashes++;
      if (slashes % 2 === 0) return close + 3;
      at = close + 1;
    }
  }

  /** Where the line of `from` ends, behind the strings in three quotes that begin on the way. */
  #statementEnd(from: number): number {
    let end = this.#lineEnd(from);
    if (this.#nextTriple(from) >= end) return end;
    const bytes = this.#bytes;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === hash) break;
      if (byte !== 34 && byte !== 39) continue;
      const behind = this.#stringEnd(at);
      if (behind > end) {
        this.#countLines(end, behind);
        end = this.#lineEnd(behind);
      }
      at = behind - 1;
    }
    return end;
  }

  #countLines(from: number, to: number): void {
    for (let at = this.#text.indexOf("\n", from); at >= 0 && at < to; at = this.#text.indexOf("\n", at + 1))
      this.#line++;
  }

  /** The nearest place at or behind `from` with three quotes in a row. */
  #nextTriple(from: number): number {
    if (this.#nextDouble < from) this.#nextDouble = orEnd(this.#text.indexOf('"""', from));
    if (this.#nextSingle < from) this.#nextSingle = orEnd(this.#text.indexOf("'''", from));
    return Math.min(this.#nextDouble, this.#nextSingle);
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf("\n", from);
    return end < 0 ? this.#text.length : end;
  }

  /** Whether a statement goes on behind the line that ends at `end`, by its last character. */
  #endsOpen(end: number): boolean {
    const bytes = this.#bytes;
    let at = end - 1;
    while (at > 0 && (bytes[at] === space || bytes[at] === 13 || bytes[at] === 9)) at--;
    return leavesOpen[bytes[at] ?? 0] === 1;
  }

  #add(kind: FoundSymbol["kind"], name: string, signature: string, doc: string): void {
    this.#found.push({ kind, line: this.#line, name, signature: this.#decode(signature), doc });
  }

  #decode(text: string): string {
    return this.#ascii ? text : Buffer.from(text, "latin1").toString("utf8");
  }
}

function table(characters: string): Uint8Array {
  const marks = new Uint8Array(256);
  for (const character of characters) marks[character.charCodeAt(0)] = 1;
  return marks;
}

function orEnd(place: number): number {
  return place < 0 ? Number.POSITIVE_INFINITY : place;
}

function onOneLine(written: string): string {
  if (!written.includes("\n")) return written.slice(0, mostSignature).trimEnd();
  return written
    .replaceAll(/[\s\\]+/g, " ")
    .replaceAll(/([([{]) /g, "$1")
    .replaceAll(/,? ([)\]}])/g, "$1")
    .slice(0, mostSignature)
    .trimEnd();
}
