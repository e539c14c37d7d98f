/** What separates lines anywhere: in Markdown, in a terminal, in Unicode. */
const lineBreaks = /\s*[\r\n\v\f\u0085\u2028\u2029]\s*/g;
/** Punctuation with a meaning inside of a line. */
const inline = /[\\`*_{}[\]<>|!~]/g;
/** What begins a block at the start of a line: a list, a fence, a rule, a heading. */
const blockStart = /^(?:[-+=#:]|\d{1,9}(?=[.)](?:\s|$)))/;
/**
 * What GitHub and GitLab make links of after the Markdown was rendered, so that a backslash does not help: people,
 * issues, addresses. An empty comment parts them.
 */
const references = /@|#(?=\w)|:(?=\/\/)|\bGH(?=-\d)|\bwww(?=\.)/gi;
const split = "<!-- -->";

/**
 * Text as inline code that nothing in it can end; on one line.
 * @example code("a`b") // "``a`b``"
 */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === "") return "``` ```";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const padding = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${padding}${line}${padding}${fence}`;
}

/** Text on one line that formats, links and mentions nothing, in a table too. */
export function escape(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll(inline, (char) => `\\${char}`)
    .replaceAll(references, (found) => `${found}${split}`)
    .replace(blockStart, (start) => (/^\d/.test(start) ? `${start}${split}` : `\\${start}`));
}

/** Text on one line inside of an HTML element. */
export function htmlText(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(references, (found) => `${found}${split}`);
}

/** The start of a text, with what became of the rest. @param max how many characters are kept */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()} … (${text.length} characters)`;
}

function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(lineBreaks, " ").replaceAll("\0", "\ufffd").trim();
}
