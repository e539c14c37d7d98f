import type { Violation } from "@towpath/core";
import { lineAt, type PythonText, readPython } from "./python-text.ts";

/** The text of a Python file before and after a change. */
export interface PythonChange {
  /** Empty for a new file. */
  readonly before: string;
  readonly after: string;
  /** Whether the file lies in the component's test paths. */
  readonly isTest: boolean;
}

/** Something in a file of which a change may not bring more. */
interface Mark extends Pick<Violation, "rule" | "detail"> {
  /** Equal marks are counted together. */
  readonly key: string;
  readonly line: number;
}

/** Comments that silence a check. What follows on the line tells how much they silence. */
const suppressions =
  /\b(?:noqa\b|type:\s*ignore|pyright:(?!\s*strict\b)|mypy:|pyre-(?:ignore|fixme|unsafe)|ty:\s*ignore|nosec\b|nosem(?:grep)?\b|pragma:|pragma\s*no\s*(?:cover|branch)|pylint:\s*(?:disable|skip)|fmt:\s*(?:off|skip)|yapf:\s*disable|isort:\s*(?:skip|off|split)|ruff:|flake8[:=]|gitleaks:allow|codespell:ignore)/i;

/** Where coverage.py reads it: anywhere on a line, in strings as well. */
const uncovered = /#\s*pragma[:\s]?\s*no\s*(?:cover|branch)/gi;

/** Skips of whole tests, in files of tests and elsewhere. */
const skips: readonly RegExp[] = [
  /\bmark\s*\.\s*(?:skip|skipif|xfail)\b/g,
  /\.\s*(?:skipif|importorskip|xfail|skipIf|skipUnless|expectedFailure|skipTest)\b/g,
  /\b(?:pytest|unittest)\s*\.\s*(?:skip|exit|SkipTest)\b/g,
  /\b(?:SkipTest|outcomes\s*\.\s*(?:Skipped|Exit))\b/g,
  /\bfrom\s+_pytest\s*\.\s*outcomes\s+import\s*(?:\([^)]*|[^\n(]*)\b(?:Skipped|XFailed|Exit)\b/g,
  /\bfrom\s+(?:_?pytest|unittest)(?:\s*\.\s*\w+)*\s+import\s*(?:\([^)]*|[^\n(]*)\b(?:skip|skipif|skipIf|skipUnless|xfail|importorskip|exit|expectedFailure)\b/g,
];
/** What keeps tests from being found, in files of tests alone. */
const hidden: readonly RegExp[] = [
  /\bcollect_ignore(?:_glob)?\b/g,
  /\bpytest_plugins\b/g,
  /\b__test__\s*=/g,
  /\bdef\s+pytest_\w+/g,
  /^[ \t]*pytestmark\s*=/gm,
];
/** What bends the tool that tests, wherever it stands. */
const tampering: readonly RegExp[] = [
  /\bos\s*\.\s*_exit\b/g,
  /\bfrom\s+os\s+import\s*(?:\([^)]*|[^\n(]*)\b_exit\b/g,
  /\b(?:no_type_check|no_type_check_decorator)\b/g,
];
const modules = /\bsys\s*\.\s*modules\s*(?:\[|\.\s*(?:pop|setdefault|__setitem__)\s*\()\s*[rbuRBU]?["']/g;
const testModules = /^["'](?:_?pytest|pluggy|coverage|hypothesis|unittest)\b/;
/** A name of the test tool as a whole string, where modules are looked up by strings. */
const namedTool = /["'](?:_?pytest|pluggy)(?:\.[\w.]*)?["']/g;
const looksUp =
  /\bsys\s*\.\s*modules\b|\bimport_module\b|\b__import__\b|\bfrom\s+sys\s+import\b[^\n]*\bmodules\b/;
/** By these names code learns that it is being tested; in strings, too. */
const checked = /\b(?:towpath_(?:proof|pytest|nothing)|TOWPATH_(?:PROOF|PYTEST)\w*)\b/g;
const tested = /\b(?:PYTEST_CURRENT_TEST|PYTEST_VERSION)\b/g;
const toolNames = String.raw`(?:_?pytest|pluggy|pytest_\w+|coverage|hypothesis|unittest)`;
/** Imports of what tests; only tests need it. */
const toolImports = new RegExp(
  String.raw`\b(?:import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*|from\s+)${toolNames}\b(?=[\s.,;]|$)`,
  "g",
);
const encoding = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/**
 * What a change of a Python file brings more of than there was, and may not: comments that silence checks, skipped
 * tests, tampering with the test tool. What stands in a string is none of it.
 * @example forbiddenCode({ before: "", after: "import os # noqa\n", isTest: false })[0]?.rule // "suppression"
 */
export function forbiddenCode({ before, after, isTest }: PythonChange): readonly Omit<Violation, "path">[] {
  const codec = encodingOf(after);
  if (codec !== undefined)
    return [{ rule: "encoding", line: 1, detail: `the file is declared to be ${codec}, not UTF-8` }];
  let now: readonly Mark[];
  try {
    now = marksIn(after, isTest);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ rule: "encoding", detail: `it cannot be read: ${error.message}` }];
  }
  const counts = new Map<string, number>();
  for (const { key } of marksOrNone(before, isTest)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return now.flatMap(({ key, rule, detail, line }) => {
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left > 0 ? [] : [{ rule, detail, line }];
  });
}

function marksOrNone(source: string, isTest: boolean): readonly Mark[] {
  try {
    return marksIn(source, isTest);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function marksIn(source: string, isTest: boolean): readonly Mark[] {
  const text = readPython(source);
  const silenced = text.comments.flatMap(({ line, text: comment }): Mark[] => {
    const found = suppressions.exec(comment);
    if (found === null) return [];
    const words = comment.slice(found.index).trim().replaceAll(/\s+/g, " ");
    return [{ key: `# ${words}`, rule: "suppression", line, detail: `it silences a check: # ${words}` }];
  });
  const headed = text.comments
    .filter((comment) => /^#\s*towpath-[\w-]+:/.test(comment.text))
    .map(({ line, text: key }) => ({
      key,
      rule: "generated",
      line,
      detail: "it says of itself that Towpath generated it",
    }));
  const skipped = [...skips, ...aliases(text), ...(isTest ? hidden : [])];
  return [
    ...silenced,
    ...headed,
    ...uncoveredIn(source, text),
    ...marksOf(text, skipped, "skip", "it keeps tests from running"),
    ...marksOf(text, [...tampering, ...assignments(text)], "test-tool", "it bends a tool that checks"),
    ...modulesIn(source, text),
    ...looksIn(source, text, isTest),
    ...disguisedIn(text),
  ];
}

function marksOf(
  { code }: PythonText,
  patterns: readonly RegExp[],
  rule: string,
  why: string,
): readonly Mark[] {
  const found = new Map<number, Mark>();
  for (const pattern of patterns) {
    for (const match of code.matchAll(pattern)) {
      const words = match[0].trim().replaceAll(/\s+/g, " ");
      // Several patterns see the same skip: it ends at the same place.
      found.set(match.index + match[0].length, {
        key: words,
        rule,
        line: lineAt(code, match.index + match[0].search(/\S/)),
        detail: `${why}: ${words}`,
      });
    }
  }
  return [...found.values()];
}

/** `skip` of modules that were imported by another name. */
function aliases({ code }: PythonText): RegExp[] {
  const names = [...code.matchAll(/\bimport\s+(?:pytest|unittest)\s+as\s+(\w+)/g)].map(
    ([, name = ""]) => name,
  );
  return names.map((name) => new RegExp(`\\b${name}\\s*\\.\\s*(?:skip|exit|SkipTest)\\b`, "g"));
}

/** Assignments to parts of the test tool, by whatever names it was imported. */
function assignments({ code }: PythonText): RegExp[] {
  const wholes = [
    ...code.matchAll(new RegExp(String.raw`\bimport\s+${toolNames}[\w.]*\s+as\s+(\w+)`, "g")),
  ].map(([, name = ""]) => name);
  const parts = [
    ...code.matchAll(
      new RegExp(String.raw`\bfrom\s+${toolNames}[\w.]*\s+import\s*(?:\(([^)]*)|([^\n(;]*))`, "g"),
    ),
  ].flatMap(([, many, one]) =>
    (many ?? one ?? "").split(",").map((part) => part.trim().split(/\s+/).at(-1) ?? ""),
  );
  const names = ["pytest", "_pytest", "pluggy", ...wholes, ...parts].filter((name) => /^\w+$/.test(name));
  const name = `(?:${[...new Set(names)].join("|")})`;
  return [
    new RegExp(String.raw`(?<![\w.])${name}(?:\s*\.\s*\w+)+\s*(?::[^=\n]*)?=(?!=)`, "g"),
    new RegExp(String.raw`\b(?:setattr|patch|patch\s*\.\s*object)\s*\(\s*${name}\b`, "g"),
  ];
}

/** Strings in which coverage.py finds its comment. */
function uncoveredIn(source: string, { comments }: PythonText): readonly Mark[] {
  return [...source.matchAll(uncovered)].flatMap(({ index, 0: words }): Mark[] => {
    const line = lineAt(source, index);
    if (comments.some((comment) => comment.line === line && comment.text.includes(words))) return [];
    const detail = `it silences a check from within a string: ${words}`;
    return [{ key: words, rule: "suppression", line, detail }];
  });
}

/** What lets code find out that it is tested, or by what. */
function looksIn(source: string, { code }: PythonText, isTest: boolean): readonly Mark[] {
  const found = [
    ...source.matchAll(checked),
    ...(isTest ? [] : [...source.matchAll(tested), ...code.matchAll(toolImports)]),
    ...(!isTest && looksUp.test(code) ? source.matchAll(namedTool) : []),
  ];
  return found.map(({ index, 0: words }) => ({
    key: words,
    rule: "test-tool",
    line: lineAt(source, index),
    detail: `it reaches for what tests it: ${words.trim().replaceAll(/\s+/g, " ")}`,
  }));
}

/** Names that Python reads as others than are written: it takes `ſkip` for `skip`. */
function disguisedIn({ code }: PythonText): readonly Mark[] {
  return [...code.matchAll(/[\w\u0080-\uffff]+/g)].flatMap(({ index, 0: name }): Mark[] => {
    const read = name.normalize("NFKC");
    if (read === name || /^\d/.test(name)) return [];
    const detail = `a name is written so that Python reads another one: ${read}`;
    return [{ key: name, rule: "encoding", line: lineAt(code, index), detail }];
  });
}

/** Modules of the test tool that are replaced; their names stand in strings. */
function modulesIn(source: string, { code }: PythonText): readonly Mark[] {
  return [...code.matchAll(modules)].flatMap(({ index, 0: words }): Mark[] => {
    if (!testModules.test(source.slice(index + words.length - 1))) return [];
    const detail = "it bends a tool that checks: sys.modules";
    return [{ key: "sys.modules", rule: "test-tool", line: lineAt(code, index), detail }];
  });
}

/** The declared encoding, where it is not one in which this reader and Python see the same comments. */
function encodingOf(source: string): string | undefined {
  for (const line of source.replace(/^\ufeff/, "").split(/\r\n|[\n\r]/, 2)) {
    const codec = encoding.exec(line)?.[1];
    if (codec !== undefined && !/^(?:utf-?8|u8|ascii|us-ascii)(?:-sig|[-_](?:unix|dos|mac))?$/i.test(codec))
      return codec;
  }
  return undefined;
}
