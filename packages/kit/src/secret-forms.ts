/** A shorter value is too common a text to be replaced everywhere. */
const shortestSecret = 6;
/** A line of a longer secret that is worth to be replaced alone. */
const shortestLine = 16;

/**
 * The texts in which a secret may show up: raw, URL-encoded, escaped for JSON and XML, hex, and base64 at each of the
 * three positions at which it can start inside a longer value. Each line of a key of several lines counts too.
 * @returns nothing for a secret of fewer than 6 characters
 */
export function secretForms(secret: string): readonly string[] {
  const value = secret.trim().toWellFormed();
  if (value.length < shortestSecret) return [];
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const longLines = lines.length > 1 ? lines.filter((line) => line.length >= shortestLine) : [];
  const forms = [value, ...longLines].flatMap(encodings);
  return [...new Set(forms)].filter((form) => form.length >= shortestSecret);
}

function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const url = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    url.replaceAll("%20", "+"),
    encodeURI(value),
    json,
    json.replaceAll(/[^\0-~]/g, unicodeEscape),
    value.replaceAll(/[&<>]/g, xmlEscape),
    value.replaceAll(/[&<>"']/g, xmlEscape),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...[0, 1, 2].map((shift) => shiftedBase64(bytes, shift, "base64")),
    ...[0, 1, 2].map((shift) => shiftedBase64(bytes, shift, "base64url")),
  ];
}

/** The characters of a base64 text that are the secret's alone when `shift` bytes (modulo 3) stand before it. */
function shiftedBase64(bytes: Buffer, shift: number, encoding: "base64" | "base64url"): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function xmlEscape(character: string): string {
  return `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[character] ?? "#39"};`;
}
