import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyRun, anyText, errored, failing, finding, runOf } from "../test/sample.ts";
import { command, githubAnnotations } from "./github-annotations.ts";

/** Reads a command as the runner does. */
function read(line: string): { name: string; properties: Record<string, string>; text: string } {
  const [, name = "", list = "", text = ""] = /^::(\w+)(?: ([^\n]*?))?::([^]*)$/.exec(line) ?? [];
  const plain = (value: string): string =>
    value
      .replaceAll("%0D", "\r")
      .replaceAll("%0A", "\n")
      .replaceAll("%3A", ":")
      .replaceAll("%2C", ",")
      .replaceAll("%25", "%");
  const pairs = list === "" ? [] : list.split(",").map((pair) => pair.split("=") as [string, string]);
  const properties = Object.fromEntries(pairs.map(([key, ...value]) => [key, plain(value.join("="))]));
  return { name, properties, text: plain(text) };
}

describe("command", () => {
  it("is one line whatever the text, and the text survives", () => {
    fc.assert(
      fc.property(anyText, anyText, (file, text) => {
        const line = command("error", { file, line: 1 }, text);
        expect(line).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
        const { name, properties, text: said } = read(line);
        const spaced = (value: string): string =>
          value.toWellFormed().replaceAll(/[\u0085\u2028\u2029\v\f]/g, " ");
        expect(name).toBe("error");
        expect(Object.keys(properties)).toEqual(["file", "line"]);
        expect([properties["file"], said]).toEqual([spaced(file), spaced(text)]);
      }),
    );
  });
});

describe("githubAnnotations", () => {
  it("names file, lines, gate and rule", () => {
    const [line = ""] = githubAnnotations(runOf([failing([finding()])]));
    expect(read(line)).toEqual({
      name: "error",
      properties: {
        file: "src/foo/a.py",
        line: "3",
        endLine: "3",
        col: "8",
        endColumn: "9",
        title: "ruff (foo): F401",
      },
      text: "`os` imported but unused",
    });
  });

  it("of 500 findings shows ten errors and ten warnings, then one notice that counts the rest", () => {
    const findings = Array.from({ length: 500 }, (_, at) =>
      finding({
        level: at % 2 === 0 ? "warning" : "error",
        message: `number ${at}`,
        fingerprint: String(at),
      }),
    );
    const lines = githubAnnotations(runOf([failing(findings)])).map(read);
    const count = (name: string): number => lines.filter((line) => line.name === name).length;
    expect([count("error"), count("warning"), count("notice")]).toEqual([10, 10, 1]);
    expect(lines.at(-1)).toMatchObject({ name: "notice", text: "480 more in the summary" });
  });

  it("among equally bad ones shows those on changed lines", () => {
    const findings = Array.from({ length: 30 }, (_, at) =>
      finding({
        message: `number ${at}`,
        fingerprint: String(at),
        range: { startLine: at + 1, startColumn: 1, endLine: at + 1, endColumn: 2 },
      }),
    );
    const changed = new Map([["src/foo/a.py", new Set([29, 30])]]);
    const lines = githubAnnotations(runOf([failing(findings)]), { changed, max: 2 }).map(read);
    expect(lines.map(({ text }) => text)).toEqual(["number 28", "number 29", "28 more in the summary"]);
  });

  it("shows a gate that could not decide, leaves out what is waived, and says the same thing once", () => {
    const waived = failing([finding({ message: "waived" })], { gate: "types", verdict: "waived" });
    const twice = failing([finding(), finding()], { gate: "lint" });
    const texts = githubAnnotations(runOf([errored(), waived, twice])).map((line) => read(line).text);
    expect(texts.toSorted()).toEqual([
      "`os` imported but unused",
      "ruff could not decide: ruff was not found",
    ]);
  });

  it("any run gives lines that are commands within the limits", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const lines = githubAnnotations(report);
        expect(lines.filter((line) => !/^::(?:error|warning|notice) [^\r\n]*$/.test(line))).toEqual([]);
        expect(lines.length).toBeLessThanOrEqual(21);
      }),
    );
  });
});
