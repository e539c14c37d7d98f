import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { fixture } from "../test/fixture.ts";
import { assertStaysBad } from "../test/stays-bad.ts";
import { parseDetectSecrets } from "./parse-detect-secrets.ts";

const dirty = fixture("detect-secrets-1.5.0/dirty.json");
const clean = fixture("detect-secrets-1.5.0/clean.json");
const scanned = new Set(["src/foo/add.py", "src/foo/store.py"]);

const breakageOf = (text: string): { kind: string; words: string } | undefined => {
  try {
    parseDetectSecrets(text, scanned);
    return undefined;
  } catch (error) {
    if (!isBreakage(error)) throw error;
    return { kind: error.kind, words: JSON.stringify([error.details, error.stack]) };
  }
};

describe("parseDetectSecrets", () => {
  it("reads what was found", () => {
    expect(parseDetectSecrets(clean, scanned)).toEqual([]);
    expect(parseDetectSecrets(dirty, scanned).map(({ file, type, line }) => ({ file, type, line }))).toEqual([
      { file: "src/foo/store.py", type: "Secret Keyword", line: 4 },
    ]);
  });

  it("does not take the settings that the tool was given for a report", () => {
    const { generated_at: _, ...copy } = JSON.parse(clean);
    expect(breakageOf(JSON.stringify(copy))?.kind).toBe("parse");
  });

  it("does not accept a scan without detectors", () => {
    expect(breakageOf(JSON.stringify({ ...JSON.parse(clean), plugins_used: [] }))?.kind).toBe("tool-config");
  });

  it("does not accept a file that was not passed", () => {
    expect(breakageOf(dirty.replaceAll("store.py", "other.py"))?.kind).toBe("mismatch");
  });

  it("does not lose a secret in a file called __proto__", () => {
    const text = dirty.replaceAll("src/foo/store.py", "__proto__");
    expect(breakageOf(text)?.kind).toBe("parse");
  });

  it("keeps the hashes of secrets out of what it says about a damaged report", () => {
    const hash = /"hashed_secret": "([0-9a-f]{40})"/.exec(dirty)?.[1] ?? "";
    const breakage = breakageOf(dirty.slice(0, -20));
    expect(breakage?.kind).toBe("parse");
    expect(breakage?.words).not.toContain(hash.slice(0, 12));
  });

  it("never loses the secret of a damaged report", () => {
    expect(() => assertStaysBad(dirty, (text) => parseDetectSecrets(text, scanned).length > 0)).not.toThrow();
  });
});
