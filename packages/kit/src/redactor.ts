import { cutMarkPattern } from "./cut-mark.ts";
import { secretForms } from "./secret-forms.ts";

/** Replaces secrets in text. */
export interface Redactor {
  /** The text with `***` for every known secret, whatever its encoding, also where a cut left only a part of it. */
  redact(text: string): string;
  /** Makes another secret known. One of fewer than 6 characters is too common to be replaced. */
  add(secret: string): void;
}

const secretName = /token|password|credential|secret|private|key|auth|webhook/i;
/** Names that match but say where something lies or who wrote something. */
const harmlessName = /(?:_PATH|_DIR|_FILE|_SOCK)$|^XAUTHORITY$|AUTHOR(?:_NAME|_EMAIL|_DATE)?$/i;
/** A shorter part of a secret at a cut may stay. */
const shortestPart = 3;

/**
 * Makes a redactor that knows the values of all variables with the name of a secret.
 * @param env the host's environment
 * @param extra more secrets: declared ones, or what a gate found
 * @example createRedactor({ API_TOKEN: "hunter2-hunter2" }).redact("token=hunter2-hunter2") // "token=***"
 */
export function createRedactor(
  env: Readonly<Record<string, string | undefined>>,
  extra: readonly string[] = [],
): Redactor {
  const forms = new Set<string>();
  const add = (secret: string): void => {
    for (const form of secretForms(secret)) forms.add(form);
  };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && secretName.test(name) && !harmlessName.test(name)) add(value);
  }
  for (const secret of extra) add(secret);
  return { add, redact: (text) => replace(text, [...wholes(text, forms), ...parts(text, forms)]) };
}

type Span = readonly [start: number, end: number];

/** Where whole secrets stand; overlapping ones of one form are joined. */
function wholes(text: string, forms: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  for (const form of forms) {
    let open: [number, number] | undefined;
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
      if (open !== undefined && at <= open[1]) open[1] = at + form.length;
      else spans.push((open = [at, at + form.length]));
    }
  }
  return spans;
}

/** Where a part of a secret stands before or after a cut. */
function parts(text: string, forms: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  let cutEnd: number | undefined;
  for (const cut of text.matchAll(cutMarkPattern)) {
    const between = cutEnd === undefined ? undefined : text.slice(cutEnd, cut.index);
    for (const form of forms) {
      spans.push([cut.index - startBefore(text, cut.index, form), cut.index]);
      const end = cut.index + cut[0].length;
      spans.push([end, end + endAfter(text, end, form)]);
      if (cutEnd !== undefined && between && form.includes(between)) spans.push([cutEnd, cut.index]);
    }
    cutEnd = cut.index + cut[0].length;
  }
  return spans.filter(([start, end]) => end - start >= shortestPart);
}

/** Length of the longest start of the secret that ends at `at`. */
function startBefore(text: string, at: number, form: string): number {
  let length = Math.min(form.length - 1, at);
  while (length > 0 && !text.startsWith(form.slice(0, length), at - length)) length--;
  return length;
}

/** Length of the longest end of the secret that starts at `at`. */
function endAfter(text: string, at: number, form: string): number {
  let length = form.length - 1;
  while (length > 0 && !text.startsWith(form.slice(-length), at)) length--;
  return length;
}

function replace(text: string, spans: Span[]): string {
  let redacted = "";
  let done = 0;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start >= done) redacted += `${text.slice(done, start)}***`;
    done = Math.max(done, end);
  }
  return redacted + text.slice(done);
}
