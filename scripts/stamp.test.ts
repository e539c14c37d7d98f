import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digest, isStamped, unstamp, writeStamp } from "./stamp.mjs";

const folder = mkdtempSync(join(tmpdir(), "towpath-stamp-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe("digest", () => {
  it("changes with a file's text, with a word, and when a file is gone", () => {
    const path = file("a", "1");
    const before = digest([path], ["x"]);
    expect(digest([path], ["x"])).toBe(before);
    expect(digest([path], ["y"])).not.toBe(before);
    expect(digest([join(folder, "gone")], ["x"])).not.toBe(before);
    file("a", "2");
    expect(digest([path], ["x"])).not.toBe(before);
  });

  it("tells two files from one with the texts of both", () => {
    expect(digest([file("b", "12"), file("c", "")])).not.toBe(digest([file("b", "1"), file("c", "2")]));
  });
});

describe("a stamp", () => {
  it("holds for its value alone, until it is taken away", () => {
    const stamp = join(folder, "new", "stamp");
    expect(isStamped(stamp, "1")).toBe(false);
    writeStamp(stamp, "1");
    expect(isStamped(stamp, "1")).toBe(true);
    expect(isStamped(stamp, "2")).toBe(false);
    unstamp(stamp);
    expect(isStamped(stamp, "1")).toBe(false);
  });
});
