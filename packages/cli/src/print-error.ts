import { cleanStrings } from "./clean-strings.ts";
import { errorData, reporterForErrors, type GlobalFlags } from "./global-options.ts";
import { printDocument } from "./print-document.ts";
import { inert } from "./reporters/inert-streams.ts";
import { paintFor } from "./terminal.ts";

/** Prints an error: what happened, why, where and what to do; as a JSON document when machines read. */
export function printError(
  error: unknown,
  { flags, exit }: { readonly flags: GlobalFlags; readonly exit: number },
): void {
  const data = cleanStrings(errorData(error));
  if (printDocument(reporterForErrors(flags), "error", { exit, error: data })) return;
  const paint = paintFor(flags.color, process.stderr);
  const lines = [
    `${paint("red", "error")} ${data.message}   ${paint("dim", data.code)}`,
    `${paint("dim", "  why   ")}${data.why}`,
    ...data.where.map((place) => `${paint("dim", "  at    ")}${place}`),
    ...data.fix.map((fix) => `${paint("dim", "  fix   ")}${fix}`),
  ];
  // A name on the command line may hold anything, as where a workflow passes on the words of a stranger.
  const text = `${lines.join("\n")}\n`;
  process.stderr.write(process.env["GITHUB_ACTIONS"] === "true" ? inert(text) : text);
  if ((flags.verbose || data.code === "TP9001") && error instanceof Error)
    process.stderr.write(`${error.stack ?? ""}\n`);
}
