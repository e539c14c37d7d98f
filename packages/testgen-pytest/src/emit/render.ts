import { digestOf, type SpecDoc } from "@towpath/core";
import { embeddedTool } from "../embedded-tool.ts";
import { withHead } from "./header.ts";
import { pyString } from "./python-text.ts";
import type { EmittedFile } from "./test-file.ts";

/**
 * The text of a generated file: head, helpers, tests with their markers.
 * @param spec digest of what the specification says
 */
export function render(file: EmittedFile, component: string, spec: string): string {
  const { path, tier, open, top, tests } = file;
  const bodies = tests.map(({ requirements, code }) => {
    const ids = [...new Set(requirements)].filter((id) => id !== "");
    const marker = ids.length === 0 ? "" : `@pytest.mark.spec(${ids.map(pyString).join(", ")})\n`;
    return `\n\n${marker}${code}`;
  });
  // What registers the marker serves all components whose tests lie there, so it is about none of them.
  const about = tier === undefined ? { component: "" } : { component, spec, tier };
  // A formatter would change what nobody may edit; what is filled in by hand is linted, but for its long lines.
  const settings = open ? "# ruff: noqa: E501, RUF100\n" : "# ruff: noqa\n# fmt: off\n";
  const tools = path.endsWith(".py") ? settings : "";
  return withHead({ ...about, generator: embeddedTool.version, open }, `${tools}${top}${bodies.join("")}`);
}

/**
 * Digest of what tests are made from. Lines may move and prose may change without touching it.
 */
export function specDigest({ requirements, scenarios, apiBlocks, examples }: SpecDoc): string {
  return digestOf(withoutPlaces({ requirements, scenarios, apiBlocks, examples }));
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "at" && key !== "done");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
}
