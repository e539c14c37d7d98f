import { mapStrings } from "@towpath/core";
import { sanitize } from "@towpath/kit";

/**
 * A copy of JSON data in which no string can move the cursor, hide text or change colours: text from tools,
 * specifications and branches is untrusted, so everything is cleaned before it is drawn.
 */
export function cleanStrings<T>(data: T): T {
  return mapStrings(data, sanitize);
}
