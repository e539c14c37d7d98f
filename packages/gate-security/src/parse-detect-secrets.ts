import { Breakage, isBreakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";
import type { Secret } from "./secret.ts";

const entry = z.object({
  type: z.string().min(1),
  filename: z.string().min(1),
  hashed_secret: z.string().regex(/^[0-9a-f]{40}$/),
  line_number: z.int().positive(),
});

// `generated_at` is what the tool adds to the settings it was given: without it, it wrote nothing.
const report = z.object({
  generated_at: z.string().min(1),
  plugins_used: z.array(z.object({ name: z.string().min(1) })),
  results: z.record(z.string(), z.array(entry)),
});

/**
 * Reads what `detect-secrets scan --baseline <copy>` made of the copy.
 * @param text the copy after the scan
 * @param scanned the files that were passed
 * @throws {Breakage} `parse` when it is not what a scan writes, `tool-config` when no detector was on, `mismatch` when
 *   it names a file that was not passed
 */
export function parseDetectSecrets(text: string, scanned: ReadonlySet<string>): readonly Secret[] {
  const { plugins_used, results: files } = withoutExcerpt(() =>
    parseReport(report, text, "the report of detect-secrets"),
  );
  if (plugins_used.length === 0) {
    throw new Breakage("tool-config", {
      message: "detect-secrets ran without a single detector",
      why: "The baseline's `plugins_used` leaves none.",
      fix: ["detect-secrets scan --force-use-all-plugins --baseline .secrets.baseline"],
    });
  }
  return Object.entries(files).flatMap(([key, entries]) =>
    entries.map(({ type, filename, hashed_secret, line_number }) => {
      const file = filename.replaceAll("\\", "/");
      if (filename !== key || !scanned.has(file)) {
        throw new Breakage("mismatch", { message: `detect-secrets reports ${file}, which it was not given` });
      }
      return { file, type, hash: hashed_secret, line: line_number };
    }),
  );
}

/** Breakage quotes the text that it is about; this text holds hashes of secrets. */
function withoutExcerpt<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isBreakage(error)) throw error;
    throw new Breakage(error.kind, {
      message: "the report of detect-secrets cannot be read",
      why: "It is truncated or not in the known format. It is not quoted here, because it holds hashes of secrets.",
    });
  }
}
