import type { SpecRequirement } from "@towpath/core";
import type { ApiFunction, ApiParameter, ApiRaise } from "../python/api.ts";
import { mentionOf, wordsOf } from "../requirement-words.ts";
import { apiOf, isPublic } from "./contract.ts";
import type { Emitted, EmitContext, Uncovered } from "./emit-context.ts";
import { lookUp, lookUpImports } from "./preamble.ts";
import { naming, pyString, pyTuple, pyWords } from "./python-text.ts";
import type { EmittedTest } from "./test-file.ts";

/** A function of the API that values can be drawn for. */
interface Subject {
  readonly name: string;
  readonly owner: string | undefined;
  /** How to get it, as Python source. */
  readonly source: string;
  readonly parameters: readonly ApiParameter[];
  readonly returns: string | null;
  readonly returnType: string | null;
  readonly raises: readonly ApiRaise[];
}

/** A property that a word of a requirement states. */
interface Law {
  readonly name: string;
  readonly word: RegExp;
  /** How many functions it is about. */
  readonly arity: 1 | 2;
  /** Whether functions have the shape that the law needs. */
  fits(subjects: readonly Subject[]): boolean;
  /** The strategies of its arguments, and what must hold of them. */
  body(subjects: readonly Subject[]): { readonly draw: readonly string[]; readonly lines: readonly string[] };
}

const oneToItself = ({ parameters: [first, ...rest], returns }: Subject): boolean =>
  first !== undefined && rest.length === 0 && first.annotation === returns;
const twoOfAKind = ({ parameters: [first, second, ...rest] }: Subject): boolean =>
  first !== undefined && rest.length === 0 && first.annotation === second?.annotation;

const laws: readonly Law[] = [
  {
    name: "idempotent",
    word: /\bidempoten(?:t|ce|cy)\b/giu,
    arity: 1,
    fits: ([one]) => one !== undefined && oneToItself(one),
    body: ([one]) => ({
      draw: strategies(one),
      lines: [
        "once = called(function, x)",
        ...typeCheck(one, "once"),
        "assert called(function, once) == once",
      ],
    }),
  },
  {
    name: "commutative",
    word: /\bcommut(?:ative|ativity|es)\b/giu,
    arity: 1,
    fits: ([one]) => one !== undefined && twoOfAKind(one),
    body: ([one]) => ({
      draw: strategies(one),
      lines: [
        "result = called(function, x, y)",
        ...typeCheck(one, "result"),
        "assert called(function, y, x) == result",
      ],
    }),
  },
  {
    name: "associative",
    word: /\bassociativ(?:e|ity)\b/giu,
    arity: 1,
    // Sums and products of floats are not associative, whatever a specification says.
    fits: ([one]) =>
      one !== undefined &&
      twoOfAKind(one) &&
      one.parameters[0]?.annotation === one.returns &&
      !/float|complex/.test(one.returns ?? ""),
    body: ([one]) => ({
      draw: [...strategies(one), ...strategies(one).slice(0, 1)],
      lines: [
        "left = called(function, called(function, x, y), z)",
        ...typeCheck(one, "left"),
        "assert called(function, x, called(function, y, z)) == left",
      ],
    }),
  },
  {
    name: "never_negative",
    word: /\b(?:never|not) (?:be |become |returns? |is )?(?:a )?negative\b|\bnon-?negative\b/giu,
    arity: 1,
    fits: ([one]) => one?.returnType === "int" || one?.returnType === "float",
    body: ([one]) => ({
      draw: strategies(one),
      lines: [
        `result = called(function, ${letters.slice(0, one?.parameters.length).join(", ")})`,
        "assert result >= 0",
      ],
    }),
  },
  {
    name: "round_trip",
    word: /\bround[- ]?trips?\b|\binverse of\b/giu,
    arity: 2,
    fits: ([one, other]) =>
      one?.parameters.length === 1 &&
      other?.parameters.length === 1 &&
      one.returns !== null &&
      one.returns === other.parameters[0]?.annotation &&
      other.returns === one.parameters[0]?.annotation,
    body: ([one]) => ({
      draw: strategies(one),
      lines: ["assert called(second, called(function, x)) == x"],
    }),
  },
];

const letters = ["x", "y", "z", "u", "v", "w"];
const negated = /\b(?:not|no|non|never|without|nor|isn't|aren't|needn't)\b[\s-]*(?:\w+\s+){0,2}$/iu;

/** Says of each property that a requirement states whether a test can be made of it; needs no Hypothesis. */
export function emitProperties(context: EmitContext): Emitted {
  const { spec, modules, folder, word, depth } = context;
  const subjects = subjectsOf(context);
  const name = naming();
  const tests: EmittedTest[] = [];
  const uncovered: Uncovered[] = [];
  for (const requirement of spec.requirements) {
    const text = wordsOf(requirement);
    for (const law of laws.filter(({ word: pattern }) => states(requirement, text, pattern))) {
      const named = subjects
        .map((subject) => ({ subject, at: placeOf(text, subject) }))
        .filter(({ at }) => at >= 0)
        .toSorted((a, b) => a.at - b.at)
        .map(({ subject }) => subject);
      const [chosen, ...others] = choices(law, named, text);
      if (chosen === undefined || others.length > 0) {
        const why =
          chosen === undefined
            ? "it names no function of the API whose annotations fit"
            : "it names several functions that fit";
        const reason = `it says ${law.name.replaceAll("_", " ")}, but ${why}, so no property was made of it`;
        uncovered.push({ requirement: requirement.id, reason });
        continue;
      }
      tests.push(testOf(law, chosen, requirement.id, name));
    }
  }
  if (tests.length === 0) return { files: [], uncovered };
  const top = `"""Properties that the specification states, held against drawn values."""

${lookUpImports.join("\n")}

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

${lookUp(modules, depth)}

def called(function, *values):
    """The result; values that the specification refuses are not asked for."""
    try:
        return function(*values)
    except tuple(api(name) if isinstance(name, str) else name for name in function.refuses):
        reject()


class Function:
    """A function of the component, with the exceptions by which it may refuse values."""

    def __init__(self, function, refuses):
        self.function, self.refuses = function, refuses

    def __call__(self, *values):
        return self.function(*values)
`;
  return {
    files: [{ path: `${folder}/test_${word}_properties.py`, tier: "T3", open: false, top, tests }],
    uncovered,
  };
}

/** Whether a requirement states a law, and does not deny it or leave it open. */
function states({ modal }: SpecRequirement, text: string, word: RegExp): boolean {
  if (modal === "may" || modal === "must-not" || modal === "should-not") {
    // "MUST NOT be negative" states what "never negative" does.
    if (modal === "may" || !/negative/.test(word.source)) return false;
  }
  return [...text.matchAll(word)].some(
    ({ index }) => !negated.test(text.slice(Math.max(0, index - 40), index)),
  );
}

function choices(law: Law, named: readonly Subject[], text: string): readonly (readonly Subject[])[] {
  const possible =
    law.arity === 1
      ? named.map((one) => [one])
      : named.flatMap((one, index) => named.slice(index + 1).map((other) => inOrder(one, other, text)));
  return possible.filter((subjects) => law.fits(subjects));
}

/** Two functions, that which is called first before the other: `second(first(x))`, or second after first. */
function inOrder(one: Subject, other: Subject, text: string): readonly Subject[] {
  const from = placeOf(text, one);
  const between = text.slice(from, from + Math.max(0, placeOf(text.slice(from), other)));
  const isNested = new RegExp(`${one.name}\\(\\s*(?:\\w+\\.)*$`).test(between) || /\bafter\b/iu.test(between);
  return isNested ? [other, one] : [one, other];
}

/** Beside the word of a law and fitting annotations, a bare name is no accident. */
function placeOf(text: string, { name, owner }: Subject): number {
  return mentionOf(text, name, owner, true);
}

function testOf(
  law: Law,
  subjects: readonly Subject[],
  requirement: string,
  name: (wanted: string) => string,
): EmittedTest {
  const { draw, lines } = law.body(subjects);
  const drawnNames = letters.slice(0, draw.length);
  const test = name(`test_${pyWords(subjects.map((one) => one.name).join(" "))}_${law.name}`);
  const drawn = draw.map((strategy, index) => `${letters[index]}=${strategy}`).join(", ");
  const bound = subjects.map(
    (one, index) => `${index === 0 ? "function" : "second"} = Function(${one.source}, ${refusals(one)})`,
  );
  return {
    name: test,
    requirements: [requirement],
    code: `@settings(derandomize=True, deadline=None, database=None)\n@given(${drawn})\ndef ${test}(${drawnNames.join(", ")}):\n${[...bound, ...lines].map((line) => `    ${line}\n`).join("")}`,
  };
}

function refusals({ raises }: Subject): string {
  return pyTuple(raises.map(({ name, builtin }) => (builtin ? name : pyString(name))));
}

function strategies(subject: Subject | undefined): readonly string[] {
  return (subject?.parameters ?? []).map(({ strategy }) => strategy ?? "st.nothing()");
}

function typeCheck(subject: Subject | undefined, value: string): readonly string[] {
  const type = subject?.returnType ?? null;
  if (type === null) return [];
  return [`assert isinstance(${value}, ${type === "float" ? "(int, float)" : type})`];
}

/** Functions, and methods that need no more than a fresh object, whose parameters all have a strategy. */
function subjectsOf(context: EmitContext): readonly Subject[] {
  const usable = ({ parameters, async: isAsync, binding }: ApiFunction, from: number): boolean =>
    !isAsync &&
    binding !== "property" &&
    parameters.length > from &&
    parameters.length - from <= letters.length &&
    parameters
      .slice(from)
      .every(
        ({ strategy, kind }) =>
          strategy !== null && (kind === "POSITIONAL_ONLY" || kind === "POSITIONAL_OR_KEYWORD"),
      );
  return apiOf(context).flatMap((one): readonly Subject[] => {
    const found = `api(${pyString(one.name)})`;
    if (one.type === "function" && usable(one, 0)) return [{ ...one, owner: undefined, source: found }];
    if (one.type !== "class" || one.dataclass) return [];
    const init = one.members.find((member) => member.name === "__init__");
    const isFresh =
      init?.type === "function"
        ? init.parameters.slice(1).every(({ optional, kind }) => optional || kind.startsWith("VAR_"))
        : one.bases.length === 0;
    return one.members.flatMap((member): readonly Subject[] => {
      if (member.type !== "function" || !isPublic(member) || member.name.startsWith("__")) return [];
      const isStatic = member.binding === "static";
      if (!usable(member, isStatic ? 0 : 1) || (!isFresh && member.binding === "plain")) return [];
      const parameters = isStatic ? member.parameters : member.parameters.slice(1);
      const source = member.binding === "plain" ? `${found}().${member.name}` : `${found}.${member.name}`;
      return [{ ...member, owner: one.name, parameters, source }];
    });
  });
}
