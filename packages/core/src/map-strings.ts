/**
 * A copy of JSON data in which every string went through a function; keys stay.
 * @example mapStrings({ error: { message: "token abc" } }, redact)
 */
export function mapStrings<T>(data: T, change: (text: string) => string): T {
  // The copy has the shape of the original: only the characters of strings differ.
  return mapped(data, change) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}
