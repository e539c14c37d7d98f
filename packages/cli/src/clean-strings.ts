import { sanitize } from "@towpath/kit";

/**
 * A copy of JSON data in which no string can move the cursor, hide text or change colours: text from tools,
 * specifications and branches is untrusted, so everything is cleaned before it is drawn.
 */
export function cleanStrings<T>(data: T): T {
  // The copy has the shape of the original: only the characters of strings differ.
  return clean(data) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return sanitize(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item)]));
}
