import { resolve } from "node:path";
import { Breakage, type AlertSource } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { linesSince, parseAlerts } from "./alert.ts";
import { fillIn } from "./placeholders.ts";

/** Limit of one call in milliseconds. */
const limitMs = 30_000;

/** Most output that is read, in bytes. */
const maxOutputBytes = 4 * 1024 * 1024;

/**
 * A command that prints the alerts that it knows of: a JSON array, or JSON lines.
 * @param argv a bare name, or a path relative to the repository root, and its arguments
 */
export function commandAlerts(argv: readonly string[]): AlertSource {
  return {
    name: "command",
    async alerts(ctx, since) {
      const [program = "", ...args] = argv.map((part) => fillIn(part, ctx));
      const result = await ctx.exec({
        command: program.includes("/") ? resolve(ctx.root, program) : program,
        args,
        cwd: ctx.root,
        timeoutMs: limitMs,
        signal: ctx.signal,
        maxOutputBytes,
      });
      const { status, code, signal, stdout, stderr, startError, droppedBytes } = result;
      if (status === "not-started") {
        throw broken("tool-missing", program, `could not be started: ${startError?.message ?? ""}`, "");
      }
      if (status === "timed-out")
        throw broken("timeout", program, `did not end within ${limitMs / 1000} s`, "");
      if (status !== "exited" || code !== 0) {
        const how = status === "exited" ? `ended with code ${code}` : `was ended (${signal ?? status})`;
        throw broken("tool-crash", program, how, stderr);
      }
      if (droppedBytes > 0) throw broken("parse", program, `printed more than ${maxOutputBytes} bytes`, "");
      return linesSince(parseAlerts(stdout, excerpt(program, 100)), ctx, since);
    },
  };
}

function broken(
  kind: "tool-missing" | "timeout" | "tool-crash" | "parse",
  program: string,
  how: string,
  stderr: string,
): Breakage {
  const words = excerpt(stderr);
  return new Breakage(kind, {
    message: `${excerpt(program, 100)}, which says what alerts there are, ${excerpt(how, 300)}`,
    ...(words === "" ? {} : { why: words }),
    fix: ["Run the command of `monitoring` by hand."],
  });
}
