import type { EmitContext } from "./emit-context.ts";
import { gherkinDocString, gherkinRow } from "./gherkin-text.ts";
import { lookUp, lookUpImports } from "./preamble.ts";
import { naming, pyComment, pyString, pyWords } from "./python-text.ts";
import { type PlainScenario, type PlainStep, scenariosOf } from "./spec-scenarios.ts";
import type { EmittedFile } from "./test-file.ts";

/**
 * The tests of tier T2: a feature file of all scenarios, a module that binds them, and the steps, which somebody must
 * fill in. None when the specification has no scenario.
 */
export function emitScenarios(context: EmitContext): readonly EmittedFile[] {
  const { spec, folder, word } = context;
  const scenarios = scenariosOf(spec);
  if (scenarios.length === 0) return [];
  const feature = `${word}.feature`;
  const steps = `${word}_steps.py`;
  const name = naming();
  const tests = scenarios.map(({ name: title, requirements }) => {
    const test = name(`test_${pyWords(title)}`);
    return {
      name: test,
      requirements,
      code: `@scenario(FEATURE, ${pyString(title)})\ndef ${test}():\n    pass\n`,
    };
  });
  const top = `"""Binds the scenarios of ${feature} to the steps of ${steps}."""

import importlib.util
import pathlib

import pytest
from pytest_bdd import scenario

# Absolute, so that no setting of pytest-bdd leads elsewhere.
FEATURE = str(pathlib.Path(__file__).resolve().with_name(${pyString(feature)}))
_steps = importlib.util.spec_from_file_location(${pyString(`${word}_steps`)}, pathlib.Path(__file__).with_name(${pyString(steps)}))
assert _steps is not None and _steps.loader is not None
_module = importlib.util.module_from_spec(_steps)
_steps.loader.exec_module(_module)
# pytest-bdd finds steps among the names of the module that holds the tests. What this one needs itself stays as it is.
_known = set(globals())
globals().update({name: value for name, value in vars(_module).items() if not name.endswith("__") and name not in _known})
`;
  return [
    { path: `${folder}/${feature}`, tier: "T2", open: false, top: featureText(word, scenarios), tests: [] },
    { path: `${folder}/${steps}`, tier: "T2", open: true, top: stepsText(context, scenarios), tests: [] },
    { path: `${folder}/test_${word}_scenarios.py`, tier: "T2", open: false, top, tests },
  ];
}

function featureText(word: string, scenarios: readonly PlainScenario[]): string {
  const parts = scenarios.map(({ name, requirements, steps, examples }) => {
    const ids = requirements.length === 0 ? [] : [`  # ${pyComment(requirements.join(", "))}`];
    const lines = steps.flatMap(({ keyword, text, table, docString }) => [
      `    ${capital(keyword)} ${text}`,
      ...(table ?? []).map((row) => `      ${gherkinRow(row)}`),
      ...(docString === undefined || table !== undefined ? [] : gherkinDocString(docString)).map(
        (line) => `      ${line}`,
      ),
    ]);
    const tables = examples.flatMap(({ head, rows }) => [
      "",
      "    Examples:",
      ...[head, ...rows.map((row) => head.map((_, index) => row[index] ?? ""))].map(
        (row) => `      ${gherkinRow(row)}`,
      ),
    ]);
    const kind = examples.length === 0 ? "Scenario" : "Scenario Outline";
    return [...ids, `  ${kind}: ${name}`, ...lines, ...tables].join("\n");
  });
  return `Feature: ${word}\n\n${parts.join("\n\n")}\n`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

interface StepFunction extends PlainStep {
  /** What the step is matched by: a literal text, or a pattern with groups. */
  readonly matcher: string;
  readonly parameters: readonly string[];
}

function stepsText({ modules, depth }: EmitContext, scenarios: readonly PlainScenario[]): string {
  const functions = new Map<string, StepFunction>();
  for (const { steps, examples } of scenarios) {
    const columns = new Set(examples.flatMap(({ head }) => head));
    for (const step of steps) {
      const { matcher, values } = matcherOf(step.text, columns);
      const key = `${step.keyword} ${matcher}`;
      const known = functions.get(key);
      const parameters = [
        ...values,
        // An argument that not every use of the step has could not be filled.
        ...(step.table !== undefined && known?.parameters.includes("datatable") !== false
          ? ["datatable"]
          : []),
        ...(step.docString !== undefined &&
        step.table === undefined &&
        known?.parameters.includes("docstring") !== false
          ? ["docstring"]
          : []),
        "world",
      ];
      const shared =
        known === undefined ? parameters : parameters.filter((one) => known.parameters.includes(one));
      functions.set(key, { ...step, matcher, parameters: shared });
    }
  }
  const name = naming();
  const bodies = [...functions.values()].map(({ keyword, text, matcher, parameters }) => {
    const stepName = name(`${keyword}_${pyWords(text, 40)}`);
    const failure = call("    pytest.fail(", pyString(`not implemented: ${text}`));
    return `${call(`@${keyword}(`, matcher)}\ndef ${stepName}(${parameters.join(", ")}):\n${failure}\n`;
  });
  const all = [...functions.values()];
  const used = ["given", "parsers", "then", "when"].filter((one) =>
    all.some(({ keyword, matcher }) => keyword === one || matcher.startsWith(`${one}.`)),
  );
  return `"""The steps of the scenarios. Each of them fails until somebody writes what it says."""

${lookUpImports.join("\n")}

import pytest
from pytest_bdd import ${used.join(", ")}

${lookUp(modules, depth)}

@pytest.fixture
def world():
    """What the steps of one scenario share."""
    return {}


${bodies.join("\n\n")}`;
}

/** A call with one argument, broken as formatters do where it is too long for their default of 88 characters. */
function call(start: string, argument: string): string {
  const line = `${start}${argument})`;
  const indent = " ".repeat(start.length - start.trimStart().length);
  return line.length <= 88 ? line : `${start}\n${indent}    ${argument}\n${indent})`;
}

/** How pytest-bdd recognises a step; a column of an outline, `<name>`, becomes a parameter. */
function matcherOf(
  text: string,
  columns: ReadonlySet<string>,
): { readonly matcher: string; readonly values: readonly string[] } {
  const parts = text.split(/<([^<>]+)>/);
  const isOutline = parts.some((part, index) => index % 2 === 1 && columns.has(part));
  if (!isOutline) return { matcher: pyString(text), values: [] };
  const values: string[] = [];
  const pattern = parts.map((part, index) => {
    if (index % 2 === 0) return escapePattern(part);
    if (!columns.has(part)) return escapePattern(`<${part}>`);
    values.push(`value_${values.length + 1}`);
    return `(?P<${values.at(-1)}>.*)`;
  });
  return { matcher: `parsers.re(${pyString(pattern.join(""))})`, values };
}

/** As Python's `re.escape`. */
function escapePattern(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_ \u0080-\u{10ffff}]/gu, "\\$&");
}
