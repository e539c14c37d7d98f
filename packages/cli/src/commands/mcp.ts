import { realpath } from "node:fs/promises";
import { serve } from "@towpath/mcp";
import manifest from "../../package.json" with { type: "json" };
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { ownProgram } from "../own-program.ts";
import { watchSignals } from "../signals.ts";

/**
 * `towpath mcp`: serves agents until the client closes standard input. Standard output belongs to the protocol; what
 * goes wrong is said on standard error.
 */
export async function mcp(options: GlobalOptions): Promise<number> {
  const program = ownProgram(await realpath(process.argv[1] ?? ""), options);
  const signals = watchSignals("the server");
  try {
    await serve(program, {
      version: manifest.version,
      signal: signals.signal,
      onerror: (error) => process.stderr.write(`warning: ${cleanStrings(String(error))}\n`),
    });
    return signals.exit() ?? 0;
  } finally {
    await program.close();
    signals.stop();
  }
}
