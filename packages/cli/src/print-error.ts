import { cleanStrings } from "./clean-strings.ts";
import { errorData, wantsJson } from "./global-options.ts";
import { paintFor } from "./terminal.ts";

/** Prints an error: what happened, why, where and what to do; as a JSON document when machines read. */
export function printError(
  error: unknown,
  { argv, exit }: { readonly argv: readonly string[]; readonly exit: number },
): void {
  const data = cleanStrings(errorData(error));
  if (wantsJson(argv)) {
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, kind: "error", exit, error: data }, undefined, 2)}\n`,
    );
    return;
  }
  const paint = paintFor(undefined, process.stderr);
  const lines = [
    `${paint("red", "error")} ${data.message}   ${paint("dim", data.code)}`,
    `${paint("dim", "  why   ")}${data.why}`,
    ...data.where.map((place) => `${paint("dim", "  at    ")}${place}`),
    ...data.fix.map((fix) => `${paint("dim", "  fix   ")}${fix}`),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  const verbose = argv.includes("-v") || argv.includes("--verbose");
  if ((verbose || data.code === "TP9001") && error instanceof Error)
    process.stderr.write(`${error.stack ?? ""}\n`);
}
