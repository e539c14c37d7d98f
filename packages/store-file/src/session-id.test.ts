import { describe, expect, it } from "vitest";
import { checkSessionId, readSessionName } from "./session-id.ts";

describe("the name of a session", () => {
  it.each([
    ["foo-workflow-2026-11-22", { component: "foo", date: "2026-11-22", number: 1 }],
    ["foo-workflow-2026-11-22-3", { component: "foo", date: "2026-11-22", number: 3 }],
    ["agent_orchestration-2025-10-20", { component: "agent_orchestration", date: "2025-10-20", number: 1 }],
    ["pay-api-workflow-2026-01-02", { component: "pay-api", date: "2026-01-02", number: 1 }],
    ["tta-notes", undefined],
    ["Foo-2026-11-22", undefined],
  ])("%s", (id, name) => {
    expect(readSessionName(id)).toEqual(name);
    expect(checkSessionId(id)).toBe(id);
  });

  it.each(["", "../x", "a/b", "..", ".hidden", "a\\b", "a\0b", "a\nb", "x".repeat(129), "ä"])(
    "refuses %j, which could lead elsewhere",
    (id) => {
      expect(() => checkSessionId(id)).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: "TP1003" }) }),
      );
    },
  );
});
