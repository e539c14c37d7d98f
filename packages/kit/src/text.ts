/** Control sequences of terminals: CSI, then OSC, DCS, SOS, PM and APC with their text, then other escapes. */
const escapes =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Characters that reorder or hide the text around them. */
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Makes text of a tool, a specification or a branch safe to print: terminal sequences and control characters go, but
 * for line breaks and tabs; characters that hide or reorder text become visible, such as `<U+202E>`.
 * @example sanitize("\u001b[31mred\u001b[0m\r\n") // "red\n"
 */
export function sanitize(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replaceAll(escapes, "")
    .replaceAll(controls, "")
    .replaceAll(invisible, (character) => `<U+${codePoint(character)}>`);
}

/**
 * The start of a text, sanitised, for messages.
 * @param max how many characters (code points) are kept
 */
export function excerpt(text: string, max = 2_048): string {
  // No code point is longer than two units, so the rest cannot show.
  const start = [...sanitize(text.slice(0, 2 * max + 1))];
  if (start.length <= max && text.length <= 2 * max) return start.join("").trim();
  return `${start.slice(0, max).join("").trim()} … (${text.length} characters in all)`;
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
