import type { SpecExample } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { PythonExample } from "../python/api.ts";
import { requirementsNaming } from "../requirement-words.ts";
import type { Emitted, EmitContext, Uncovered } from "./emit-context.ts";
import { lookUp, lookUpImports } from "./preamble.ts";
import { naming, pyString, pyTuple, pyWords } from "./python-text.ts";
import type { EmittedTest } from "./test-file.ts";

interface Case {
  readonly example: SpecExample;
  readonly python: PythonExample;
  readonly requirements: readonly string[];
}

/** The tests of tier T1: each example gives what the specification says. Examples of one shape become rows of one test. */
export function emitExamples({ spec, reading, modules, folder, word, depth }: EmitContext): Emitted {
  const uncovered: Uncovered[] = [];
  const cases: Case[] = [];
  for (const [index, example] of spec.examples.entries()) {
    const python = reading.examples[index];
    if (python === undefined || "refused" in python) {
      const reason = `the example at ${example.at.file}:${example.at.line} is not made a test: ${excerpt(python?.refused ?? "it was not read", 200)}`;
      const ids = example.requirements.length === 0 ? [""] : example.requirements;
      uncovered.push(...ids.map((requirement) => ({ requirement, reason })));
      continue;
    }
    const named = python.uses.flatMap((use) => requirementsNaming(spec.requirements, use));
    const requirements = example.requirements.length > 0 ? example.requirements : [...new Set(named)];
    cases.push({ example, python, requirements });
  }
  if (cases.length === 0) return { files: [], uncovered };

  const name = naming();
  const groups = Map.groupBy(cases, shapeOf);
  const tests = [...groups.values()].map((group) => testOf(group, name));
  const imports = lookUpImports.join("\n");
  const top = `"""The examples of the specification give what it says."""\n\n${imports}\n\nimport pytest\n\n${lookUp(modules, depth)}`;
  return {
    files: [{ path: `${folder}/test_${word}_examples.py`, tier: "T1", open: false, top, tests }],
    uncovered,
  };
}

/** What examples must share to be rows of one test. */
function shapeOf({ example, python, requirements }: Case, index: number): string {
  const { setup, template, value, raises } = python;
  if (template === null || value?.literal === false) return `${index}`;
  const message = example.expected.kind === "raises" ? example.expected.message : undefined;
  return JSON.stringify([setup, template, requirements, value?.style, raises, message]);
}

function testOf(group: readonly Case[], name: (wanted: string) => string): EmittedTest {
  const [first] = group;
  if (first === undefined) throw new Error("an empty group of examples");
  const { example, python, requirements } = first;
  const test = name(`test_${pyWords(python.uses.length === 0 ? "example" : python.uses.join("_"))}`);
  const setup = python.setup.map((line) => `    ${line}\n`).join("");
  if (group.length === 1) {
    return {
      name: test,
      requirements,
      code: `def ${test}():\n${setup}${checks(example, python, python.expression)}`,
    };
  }
  const parameters = [
    ...python.values.map((_, index) => `p${index + 1}`),
    ...(python.value ? ["expected"] : []),
  ];
  const rows = group.map(({ python: { values, value } }) =>
    pyTuple([...values, ...(value === undefined ? [] : [value.source])]),
  );
  const table = rows.map((row) => `        ${row},\n`).join("");
  const head = `@pytest.mark.parametrize(\n    ${pyTuple(parameters.map(pyString))},\n    [\n${table}    ],\n)\n`;
  const wanted = python.value && { ...python, value: { ...python.value, source: "expected" } };
  return {
    name: test,
    requirements,
    code: `${head}def ${test}(${parameters.join(", ")}):\n${setup}${checks(example, wanted ?? python, python.template ?? "")}`,
  };
}

function checks({ expected }: SpecExample, { value, raises }: PythonExample, expression: string): string {
  if (raises !== undefined) {
    const message =
      expected.kind === "raises" && expected.message !== undefined && expected.message !== ""
        ? `    assert ${pyString(expected.message)} in str(caught.value)\n`
        : "";
    // What is not written yet raises NotImplementedError, which is no answer.
    const guard = raises.broad ? "    assert not isinstance(caught.value, NotImplementedError)\n" : "";
    return `    expected_error = ${raises.source}\n    with pytest.raises(expected_error) as caught:\n        ${expression}\n${guard}${message}`;
  }
  if (value === undefined) throw new Error("an example that expects nothing");
  if (value.style === "same") return `    assert (${expression}) is ${value.source}\n`;
  if (value.style === "close") {
    return `    assert (${expression}) == pytest.approx(${value.source}, rel=1e-9, abs=1e-12)\n`;
  }
  return `    assert (${expression}) == ${value.source}\n`;
}
