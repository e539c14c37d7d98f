import { stringify } from "yaml";
import type { DetectedComponent } from "./detect-components.ts";

/** The configuration that `init` writes: every bundled gate that has something to look at. */
export function configText(components: readonly DetectedComponent[]): string {
  const hasSpec = components.some((component) => component.spec !== undefined);
  const hasTests = components.some((component) => component.tests.length > 0);
  const plugins = [
    ...(hasSpec ? ["gate-spec"] : []),
    ...(hasTests ? ["gate-coverage"] : []),
    "gate-ruff",
    "gate-pyright",
    "gate-security",
    "gate-complexity",
  ];
  const map = Object.fromEntries(
    components.map(({ name, source, tests, spec }) => [
      name,
      { source, tests, ...(spec === undefined ? {} : { spec }) },
    ]),
  );
  const lines = [
    "# What Towpath checks, and where. Every setting: towpath config schema",
    stringify({ plugins, components: map }).trimEnd(),
    "",
    "# The index of vulnerabilities is a service on the network; make it required where it can be reached.",
    stringify({ gates: { dependencies: { required: false } } }).trimEnd(),
    "",
  ];
  const missing = [
    ...(hasSpec ? [] : ["no specification was found (specs/<component>.md), so gate-spec is left out"]),
    ...(hasTests ? [] : ["no tests were found, so gate-coverage is left out"]),
  ];
  return [...lines, ...missing.map((line) => `# ${line}`), ""].join("\n").replace(/\n+$/, "\n");
}
