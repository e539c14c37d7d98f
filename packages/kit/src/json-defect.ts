/** Deeper nesting is refused, as recursive readers would overflow. */
const deepest = 512;
const number = /-?\d[\d.eE+-]*/y;

/** What is wrong with a JSON text that parses. */
export interface JsonDefect {
  /** Where, as an index into the text. */
  readonly at: number;
  readonly reason: string;
}

/**
 * Finds what `JSON.parse` accepts and yet makes a document say two things or do harm: a key given twice, the key
 * `__proto__`, a number beyond the range of numbers, and nesting of more than 512 levels.
 * @param json a text that `JSON.parse` accepts
 * @example findJsonDefect('{"passed": false, "passed": true}')?.reason // 'the key "passed" is given twice'
 */
export function findJsonDefect(json: string): JsonDefect | undefined {
  /** For each open object the keys that it has, for each open array nothing. */
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const end = endOfString(json, at);
      const keys = keyNext ? open.at(-1) : undefined;
      if (keys !== undefined) {
        const key = unescaped(json.slice(at, end));
        if (key === "__proto__") return { at, reason: "the key __proto__ is not accepted" };
        if (keys.has(key)) return { at, reason: `the key ${JSON.stringify(key)} is given twice` };
        keys.add(key);
        keyNext = false;
      }
      at = end - 1;
    } else if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : undefined);
      keyNext = character === "{";
      if (open.length > deepest) return { at, reason: `it is nested more than ${deepest} levels deep` };
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === ",") {
      keyNext = open.at(-1) !== undefined;
    } else if (character === "-" || (character !== undefined && character >= "0" && character <= "9")) {
      number.lastIndex = at;
      const [text] = number.exec(json) ?? [""];
      if (!Number.isFinite(Number(text)))
        return { at, reason: `the number ${text.slice(0, 40)} is out of range` };
      at += text.length - 1;
    }
  }
  return undefined;
}

/** Index behind the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0;
  while (json[quote - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function unescaped(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
