import { describe, expect, it } from "vitest";
import { marks, withBlock } from "./marked-block.ts";

const update = (text: string | Buffer, part = "ours\n"): Buffer =>
  withBlock(typeof text === "string" ? Buffer.from(text) : text, part, "AGENTS.md");

const others: readonly (readonly [string, string | Buffer])[] = [
  ["nothing", ""],
  ["text", "# Theirs\n\nText.\n"],
  ["text without a last line break", "# Theirs"],
  ["text that ends in empty lines", "# Theirs\n\n\n"],
  ["line ends of Windows", "# Theirs\r\n\r\nText.\r\n"],
  ["Windows, without a last line break", "# Theirs\r\nText."],
  ["bytes that are no UTF-8", Buffer.from([0x23, 0xff, 0xfe, 0x80, 0x0a, 0xc3])],
  ["a mark of order, and emoji", "\ufeff# 🚢\n"],
  ["marks in the middle of a line", `They write ${marks.start} and ${marks.end}.\n`],
];

describe("our part of a file", () => {
  it.each(others)("is added after %s, every byte of which stays", (_, theirs) => {
    const before = Buffer.from(theirs);
    const after = update(theirs);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expect(after.toString("utf8")).toMatch(/<!-- towpath:start -->\r?\nours\r?\n<!-- towpath:end -->\r?\n$/);
  });

  it.each(others)("stays the same when written again, after %s", (_, theirs) => {
    const once = update(theirs);
    expect(update(once).equals(once)).toBe(true);
  });

  it.each(others)("is replaced where it stands, before more of %s", (_, theirs) => {
    const file = (part: string): Buffer =>
      Buffer.concat([update(theirs, part), Buffer.from(theirs), Buffer.from("end")]);
    expect(update(file("old\nold\n")).equals(file("ours\n"))).toBe(true);
  });

  it("has the line ends of its file", () => {
    expect(update("# Theirs\r\n").toString()).toBe(
      `# Theirs\r\n\r\n${marks.start}\r\nours\r\n${marks.end}\r\n`,
    );
  });

  it.each([
    ["two parts", `${marks.start}\na\n${marks.end}\n${marks.start}\nb\n${marks.end}\n`, "more than one part"],
    ["two starts", `${marks.start}\n${marks.start}\n${marks.end}\n`, "more than one part"],
    ["no end", `${marks.start}\na\n`, "missing or out of place"],
    ["no start", `a\n${marks.end}\n`, "missing or out of place"],
    ["the end first", `${marks.end}\n${marks.start}\n`, "missing or out of place"],
    ["UTF-16", Buffer.from("\ufeff# Theirs\n", "utf16le"), "UTF-16"],
  ])("is refused for %s, with the file named", (_, file, reason) => {
    expect(() => update(file)).toThrow(
      `AGENTS.md cannot be updated: ${reason === "UTF-16" ? "it is UTF-16" : ""}`,
    );
    expect(() => update(file)).toThrow(reason);
  });
});
