import { describe, expect, it } from "vitest";
import { mentionOf } from "./requirement-words.ts";

describe("mentionOf", () => {
  it("tells a name of the API from a word of prose", () => {
    const named = (text: string, name: string, owner?: string): boolean => mentionOf(text, name, owner) >= 0;
    for (const text of [
      "`put` stores",
      "`Shelf.put` stores",
      "`put(isbn)` stores",
      "put(isbn) stores",
      "Shelf.put stores",
    ]) {
      expect([text, named(text, "put", "Shelf")]).toEqual([text, true]);
    }
    for (const text of ["put it there", "`output` stores", "output() stores", "Other.put stores", "`puts`"]) {
      expect([text, named(text, "put", "Shelf")]).toEqual([text, false]);
    }
    expect(named("a ShelfFull error", "ShelfFull")).toBe(true);
    expect(named("MAX_ROOM books", "MAX_ROOM")).toBe(true);
    expect(named("a BookShelfFull error", "ShelfFull")).toBe(false);
    expect(mentionOf("they put it there", "put", undefined, true)).toBe(5);
    expect(mentionOf("input-put output", "put", undefined, true)).toBe(-1);
  });
});
