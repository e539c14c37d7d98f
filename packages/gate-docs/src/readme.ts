/** What the gate wants to know of a README. */
export interface Readme {
  /** Whether it says anything beside headings and code. */
  readonly says: boolean;
  /** Its code blocks that are not empty. */
  readonly blocks: readonly CodeBlock[];
}

/** A code block. */
export interface CodeBlock {
  /** Line of its first fence or directive, from 1. */
  readonly line: number;
  /** Whether it is Python: by its language, or by the prompts of `doctest`. */
  readonly python: boolean;
}

const pythonWords = new Set(["python", "python3", "py", "py3", "pycon", "ipython", "doctest"]);

/** Reads Markdown (also names without an ending) or reStructuredText. @param path decides which */
export function readReadme(text: string, path: string): Readme {
  const lines = text.split(/\r\n|\n|\r/);
  return /\.(?:rst|txt)$/i.test(path) ? readText(lines) : readMarkdown(lines);
}

function readMarkdown(lines: readonly string[]): Readme {
  const blocks: CodeBlock[] = [];
  let says = false;
  let open:
    | { readonly fence: string; readonly line: number; readonly language: string; body: string[] }
    | undefined;
  for (const [index, line] of lines.entries()) {
    // In lists and quotes, fences stand further right.
    const [, fence, info = ""] = /^[\s>]*(`{3,}|~{3,})([^`]*)$/.exec(line) ?? [];
    if (open !== undefined) {
      if (fence?.startsWith(open.fence) && info.trim() === "") {
        if (open.body.some((each) => each.trim() !== ""))
          blocks.push(blockOf(open.line, open.language, open.body));
        open = undefined;
      } else {
        open.body.push(line);
      }
    } else if (fence !== undefined) {
      open = { fence, line: index + 1, language: wordOf(info), body: [] };
    } else if (!/^\s{0,3}#{1,6}(?:\s|$)/.test(line) && /\p{L}/u.test(line)) {
      says ||= !isUnderlined(lines[index + 1]);
    }
  }
  return { says, blocks };
}

function readText(lines: readonly string[]): Readme {
  const blocks: CodeBlock[] = [];
  let says = false;
  for (const [index, line] of lines.entries()) {
    const directive = /^\s*\.\. (?:code-block|code|sourcecode)::\s*(\S*)/.exec(line);
    const literal = directive === null && !/^\s*\.\. /.test(line) && /::\s*$/.test(line);
    if (directive !== null || literal) {
      const body = indentedAfter(lines, index);
      if (body.length > 0) blocks.push(blockOf(index + 1, wordOf(directive?.[1] ?? ""), body));
    } else if (line.startsWith(">>> ")) {
      blocks.push({ line: index + 1, python: true });
    }
    if (/^\p{L}/u.test(line)) says ||= !isUnderlined(lines[index + 1]);
  }
  return { says, blocks };
}

/** The lines of an indented block behind a directive. */
function indentedAfter(lines: readonly string[], index: number): readonly string[] {
  const rest = lines.slice(index + 1, index + 200);
  const end = rest.findIndex((line) => /^\S/.test(line));
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .filter((line) => line.trim() !== "" && !/^\s+:[\w-]+:/.test(line));
}

/** Whether the next line makes a line a heading. */
function isUnderlined(next = ""): boolean {
  return /^([=\-~^"'*+#`:.])\1{2,}\s*$/.test(next);
}

function blockOf(line: number, language: string, body: readonly string[]): CodeBlock {
  const python = pythonWords.has(language) || body.some((each) => /^[\s>]*>>> /.test(each));
  return { line, python };
}

/** The language in the words behind a fence: `python title="x"`, `{.python}`, `{code-block} python`. */
function wordOf(info: string): string {
  const word = /^\{code(?:-block)?\}\s*(\w+)|^\{?\.?(\w+)/.exec(info.trim());
  return (word?.[1] ?? word?.[2] ?? "").toLowerCase();
}
