import type { Ears, SpecDoc } from "@towpath/core";
import { type Arbitrary, constantFrom, oneof, record, sample, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { askPython } from "../../test/ask-python.ts";
import { at, requirement, specOf } from "../../test/spec-of.ts";
import type { PythonReading } from "../python/api.ts";
import { emitConftest } from "./conftest.ts";
import { emitContract } from "./contract.ts";
import { emitExamples } from "./examples.ts";
import { emitProperties } from "./properties.ts";
import { render } from "./render.ts";
import { emitScenarios } from "./scenarios.ts";

/** Texts that try to leave the place where they are put. */
const attack = oneof(
  constantFrom(
    '"""\nimport os\n"""',
    '"\nimport os\n"',
    "\\",
    '\\"',
    "'; import os #",
    "\r\nimport os",
    "\u2028import os",
    "\f\x00import os",
    "\ud800",
    "{__import__('os')}",
    '")\ndef test_x(): pass\n#',
    "Scenario: another\n  Given more",
    "  Examples:\n | a |",
    "| a | b |",
    "<n>",
    "# language: de",
    '"""',
    "```",
    "(?P<x>",
    "\n@tag\nFeature: another",
    "",
    "   ",
    "𝒶𝒷",
    "\u202e",
  ),
  string({ unit: "binary", maxLength: 30 }),
  string({ unit: "grapheme", maxLength: 30 }),
);

interface Texts {
  readonly title: string;
  readonly text: string;
  readonly name: string;
  readonly step: string;
  readonly cell: string;
  readonly doc: string;
  readonly message: string;
  readonly response: string;
}

const texts: Arbitrary<Texts> = record({
  title: attack,
  text: attack,
  name: attack,
  step: attack,
  cell: attack,
  doc: attack,
  message: attack,
  response: attack,
});

const reading: PythonReading = {
  blocks: [
    {
      definitions: [
        {
          type: "function",
          name: "join",
          line: 1,
          async: false,
          binding: "plain",
          decorated: false,
          parameters: ["first", "second"].map((name) => ({
            name,
            kind: "POSITIONAL_OR_KEYWORD",
            optional: false,
            default: null,
            strategy: "st.integers()",
            type: "int",
            annotation: "int",
          })),
          returns: "int",
          returnType: "int",
          raises: [],
        },
      ],
      error: null,
    },
  ],
  examples: [
    {
      setup: [],
      expression: "api('join')(1, 'a')",
      uses: ["join"],
      template: null,
      values: [],
      raises: { source: "TypeError", broad: false },
    },
  ],
  nothing: [],
};

function specWith({ title, text, name, step, cell, doc, message, response }: Texts): SpecDoc {
  const ears: Ears = {
    pattern: "state",
    features: [],
    states: [step],
    modal: "must",
    subject: title,
    response,
  };
  return specOf({
    requirements: [
      requirement(`x${title}`, { title, text: `${text} \`join()\` is commutative.` }),
      requirement(`y${title}`, { title, text: "", ears: [{ ...ears, at: at() }] }),
    ],
    examples: [
      {
        setup: [],
        expression: "",
        expected: { kind: "raises", exception: "TypeError", message: `${message}.` },
        requirements: [`x${text}`],
        at: at(),
      },
    ],
    scenarios: [
      {
        name,
        requirements: [`x${title}`],
        tags: [name],
        steps: [
          {
            keyword: "given",
            text: step,
            table: [
              [cell, "b"],
              ["c", cell],
            ],
            at: at(),
          },
          { keyword: "when", text: response, docString: doc, at: at() },
          { keyword: "then", text: `${step} <n>`, at: at() },
        ],
        examples: [{ head: ["n"], rows: [[cell], ["2"]], at: at() }],
        at: at(),
      },
    ],
  });
}

function filesOf(all: Texts): readonly { readonly path: string; readonly text: string }[] {
  const modules = [[{ name: "foo", root: "src" }]];
  const context = { spec: specWith(all), reading, modules, folder: "tests/spec", depth: 2, word: "foo" };
  return [
    emitConftest("tests/spec"),
    emitContract(context),
    ...emitExamples(context).files,
    ...emitScenarios(context),
    ...emitProperties(context).files,
  ].map((file) => ({ path: file.path, text: render(file, "foo", "digest") }));
}

const program = `
import ast, hashlib, json, sys
from pytest_bdd.gherkin_parser import get_gherkin_document
import tempfile, os

def shape(node):
    """The tree without the texts in it: strings, and the names of what was named after them."""
    if isinstance(node, ast.Constant):
        return type(node.value).__name__
    if isinstance(node, ast.AST):
        fields = [shape(value) for name, value in ast.iter_fields(node) if name != "kind"]
        return [type(node).__name__, fields]
    if isinstance(node, list):
        return [shape(each) for each in node]
    return "text" if isinstance(node, str) and node.split("_")[0] in ("test", "given", "when", "then") else node

answers = []
for files in json.load(sys.stdin):
    answer = {}
    for file in files:
        if file["path"].endswith(".py"):
            tree = ast.parse(file["text"].encode("utf-8"))
            # Equal texts are one step, so only the kinds of statements can be compared there.
            is_steps = file["path"].endswith("_steps.py")
            found = sorted({type(each).__name__ for each in tree.body}) if is_steps else shape(tree)
            answer[file["path"]] = hashlib.sha256(json.dumps(found).encode()).hexdigest()
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "x.feature")
                with open(path, "w", encoding="utf-8", newline="") as out:
                    out.write(file["text"])
                feature = get_gherkin_document(path, "utf-8").feature
            answer[file["path"]] = [
                [len(child.scenario.steps), [bool(step.datatable) or bool(step.docstring) for step in child.scenario.steps],
                 [len(table.table_body) for table in child.scenario.examples]]
                for child in feature.children
            ]
    answers.append(answer)
json.dump(answers, sys.stdout)
`;

describe("texts of a specification", () => {
  it("never leave the strings, comments and lines that they are written into", async () => {
    const tame = {
      title: "FR",
      text: "b",
      name: "c",
      step: "d",
      cell: "e",
      doc: "f",
      message: "g",
      response: "h",
    };
    const samples = [
      tame,
      ...sample(texts, 150),
      ...sample(attack, 40).map((text) => ({ ...tame, title: text, name: text, step: text, response: text })),
    ];
    const answers = (await askPython(program, samples.map(filesOf))) as readonly Record<string, unknown>[];
    const [expected] = answers;
    expect(Object.keys(expected ?? {})).toHaveLength(7);
    for (const [index, answer] of answers.entries()) {
      expect({ sample: samples[index], answer }).toEqual({ sample: samples[index], answer: expected });
    }
  }, 60_000);
});
