import { describe, expect, it } from "vitest";
import { sectionRole } from "./section-role.ts";

describe("sectionRole", () => {
  it.each([
    ["Requirements", "requirements"],
    ["3.1 FUNCTIONAL REQUIREMENTS (MVP)", "requirements"],
    ["Non-Functional Requirements:", "requirements"],
    ["✅ Acceptance Criteria and Maturity Targets", "criteria"],
    ["Definition of Done", "criteria"],
    ["API Design", "api"],
    ["Public interface", "api"],
    ["Usage Examples", "example"],
    ["Testing Strategy", "elsewhere"],
    ["External Dependencies", "elsewhere"],
    ["User Interface", "elsewhere"],
    ["Overview", undefined],
    ["Testing requirements", undefined],
    ["Latest news", undefined],
    ["FR-1: Usage statistics of the API", undefined],
    [`API ${"x".repeat(1_000)}`, undefined],
  ])("gives %j the role %s", (title, role) => {
    expect(sectionRole(title)).toBe(role);
  });
});
