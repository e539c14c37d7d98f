import { excerpt } from "@towpath/kit";

/** The last lines of what a tool wrote to stderr: in a traceback they name the cause. */
export function lastWords(stderr: string): string {
  return excerpt(stderr.trimEnd().split("\n").slice(-3).join("\n"));
}
