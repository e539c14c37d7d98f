import { expect, it } from "vitest";
import { fixture } from "../test/fixture.ts";
import { auditBreakage } from "./audit-breakage.ts";

const recorded = (name: string): string => fixture(`pip-audit-2.10.1/${name}.stderr.txt`);

it.each(["hang", "reset", "500", "garbage"])(
  "a service that answers with %s is a network breakage",
  (name) => {
    expect(auditBreakage(1, recorded(name)).kind).toBe("network");
  },
);

it("requirements that are not pinned are a configuration breakage", () => {
  expect(auditBreakage(1, recorded("unpinned")).kind).toBe("tool-config");
});

it("an argument that the tool does not know is a configuration breakage", () => {
  expect(auditBreakage(2, "pip-audit: error: unrecognized arguments: --osv-url").kind).toBe("tool-config");
});

it("anything else is a crash, and the last words are kept", () => {
  const { kind, details } = auditBreakage(1, "Traceback (most recent call last):\n  …\nKeyError: 'vulns'\n");
  expect(kind).toBe("tool-crash");
  expect(details.why).toContain("KeyError: 'vulns'");
});
