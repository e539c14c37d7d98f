import { describe, expect, it } from "vitest";
import { leadingId, mentionedIds, synthesiseId, wholeId } from "./requirement-id.ts";

describe("leadingId", () => {
  it.each([
    ["FR1: Store", "FR-1", "Store"],
    ["FR-1: Store", "FR-1", "Store"],
    ["FR-001 Store", "FR-1", "Store"],
    ["fr_01 — Store", "FR-1", "Store"],
    ["FR 1. Store", "FR-1", "Store"],
    ["FR-1.2: Store", "FR-1.2", "Store"],
    ["NFR010) Fast", "NFR-10", "Fast"],
    ["REQ-AUTH-007: Log in", "REQ-AUTH-7", "Log in"],
    ["R1: Store", "R-1", "Store"],
    ["FR-1", "FR-1", ""],
    ["FR-011a: Store", "FR-11A", "Store"],
    ["Requirement 3", "REQ-3", ""],
    ["Requirement 12: Store", "REQ-12", "Store"],
    ["Requisito 2 — Guardar", "REQ-2", "Guardar"],
  ])("reads %j as %s", (text, id, rest) => {
    expect(leadingId(text)).toMatchObject({ id, rest });
  });

  it.each([
    "UTF-8 text",
    "SHA-256",
    "RFC-2119 words",
    "R2 storage",
    "FR-1ab: x",
    "FR-1_x",
    "Requirement 7's layers",
    "Requirements: 1.1",
    "HTTP 404",
    "Fr",
    "",
    "1. x",
  ])("reads no id in %j", (text) => {
    expect(leadingId(text)).toBeUndefined();
  });

  it("tells non-functional requirements", () => {
    expect(leadingId("NFR1: Fast")?.nonFunctional).toBe(true);
    expect(leadingId("FR1: Store")?.nonFunctional).toBe(false);
  });
});

describe("mentionedIds", () => {
  it("finds each id once, whatever its spelling", () => {
    expect(mentionedIds("FR1, FR-001 and (NFR-2); not XFR-3 or FR-4ab")).toEqual(["FR-1", "NFR-2"]);
  });

  it("finds the numbers that Kiro gives", () => {
    expect(mentionedIds("Validates: Requirements 1.2, 3 and 4.1")).toEqual(["REQ-1.2", "REQ-3", "REQ-4.1"]);
  });
});

describe("wholeId", () => {
  it.each([
    ["F-001", "F-1"],
    ["AUTH_LOGIN-02b", "AUTH-LOGIN-2B"],
    ["Login", undefined],
    ["f-1", undefined],
    ["F-1: x", undefined],
  ])("reads %j as %j", (text, id) => {
    expect(wholeId(text)).toBe(id);
  });
});

describe("synthesiseId", () => {
  it("joins the words of a title", () => {
    expect(synthesiseId("Storing: *books* – Größe 2!", new Set())).toBe("storing-books-größe-2");
    expect(synthesiseId("???", new Set())).toBe("requirement");
  });

  it("never gives an id twice", () => {
    const taken = new Set(["store"]);
    expect([synthesiseId("Store", taken), synthesiseId("store", taken)]).toEqual(["store-2", "store-3"]);
  });
});
