/** Text as inline code that nothing in it can end. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("\n", " ")}\``;
}

/** Text on one line that formats and links nothing. */
export function escape(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").replaceAll(/[\\`*_{}[\]<>#|!]/g, (char) => `\\${char}`);
}
