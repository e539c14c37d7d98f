import { raisedBy } from "./expected.ts";
import { pythonLines } from "./python-lines.ts";
import { isPythonLiteral } from "./python-literal.ts";
import type { BlockExample } from "./usage-examples.ts";

/** Whether a text is a session with Python's prompt. */
export function isSession(text: string): boolean {
  return /^[ \t]*>>> /m.test(text);
}

/** The examples of a session: each `>>>` with what the lines below it show. */
export function sessionExamples(text: string): readonly BlockExample[] {
  const found: BlockExample[] = [];
  const setup: string[] = [];
  const lines = text.split("\n").map((line) => line.trim());
  for (let at = 0; at < lines.length; at++) {
    const first = promptOf(lines[at] ?? "", ">>>");
    if (first === undefined) continue;
    const index = at;
    const source = [first];
    for (
      let more = promptOf(lines[at + 1] ?? "", "...");
      more !== undefined;
      more = promptOf(lines[at + 1] ?? "", "...")
    ) {
      source.push(more);
      at++;
    }
    const shown: string[] = [];
    while (
      at + 1 < lines.length &&
      lines[at + 1] !== "" &&
      promptOf(lines[at + 1] ?? "", ">>>") === undefined
    ) {
      shown.push(lines[++at] ?? "");
    }
    const expected = shownAs(shown);
    const expression = pythonLines(source.join("\n"))
      .map(({ code }) => code)
      .join("\n");
    if (expected !== undefined && !/^(?:print|assert|import|from|def|class)\b/.test(expression)) {
      found.push({ setup: [...setup], expression, expected, index, remark: "" });
    }
    if (expected?.kind !== "raises") setup.push(...source);
  }
  return found;
}

function promptOf(line: string, prompt: string): string | undefined {
  if (line === prompt) return "";
  return line.startsWith(`${prompt} `) ? line.slice(prompt.length + 1) : undefined;
}

function shownAs(lines: readonly string[]): BlockExample["expected"] | undefined {
  const [first, ...others] = lines;
  if (first === undefined) return undefined;
  if (first.startsWith("Traceback (most recent call last)")) {
    const [, name, message] = /^((?:\w+\.)*[A-Za-z_]\w*)(?:: (.*))?$/.exec(others.at(-1) ?? "") ?? [];
    return name === undefined ? undefined : raisedBy(name.slice(name.lastIndexOf(".") + 1), message);
  }
  const source = lines.join("\n");
  return isPythonLiteral(source) ? { kind: "value", source } : undefined;
}
