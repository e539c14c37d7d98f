import {
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type Measurement,
  type Target,
  type Threshold,
} from "@towpath/core";
import { candidates, findPython, withFingerprints, type FindingDraft } from "@towpath/kit";
import { definitionsOf, type Definition } from "./docstrings.ts";
import { documentPlaces, findDocuments, readDocument, type Documents } from "./documents.ts";
import { importingExamples } from "./examples.ts";
import type { DocsOptions } from "./options.ts";
import { readReadme, type Readme } from "./readme.ts";
import { importNames, sourceFiles } from "./source-files.ts";

/** Where the options were set. */
export interface DocsSources {
  readonly docstrings: (target: Target) => string;
  readonly readme: string;
}

/** The gate `docs`: a README, docstrings, and an example of use. */
export function docsGate(options: DocsOptions, sources: DocsSources): Gate {
  const thresholds = (target: Target): readonly [Threshold, Threshold, Threshold] => [
    {
      name: "documented definitions",
      unit: "%",
      operator: ">=",
      threshold: options.docstrings[target],
      source: sources.docstrings(target),
    },
    { name: "complete READMEs", unit: "files", operator: ">=", threshold: 1, source: sources.readme },
    { name: "usage examples", unit: "examples", operator: ">=", threshold: 1, source: sources.readme },
  ];
  return defineGate({
    name: "docs",
    category: "documentation",
    stages: ["staging"],
    code: "TP3601",
    executesCode: false,
    thresholds,
    probe: async (ctx) => (await findPython(ctx)).info,
    // The documents lie outside of the component's tree.
    environment: async ({ component }) => ({
      python: "interpreter",
      listed: documentPlaces(component, options.readme),
    }),
    check: (ctx) => check(ctx, options, thresholds(ctx.target)),
  });
}

interface Found extends Definition {
  readonly file: string;
}

async function check(
  ctx: GateContext,
  { readme: wanted }: DocsOptions,
  [share, complete, usage]: readonly [Threshold, Threshold, Threshold],
): Promise<Evidence> {
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  const [python, documents] = await Promise.all([findPython(ctx), findDocuments(ctx, wanted)]);
  const lists = await definitionsOf(ctx, python, sourceFiles(ctx.component, files));
  const found = lists.flatMap((list, index) =>
    list.map((one): Found => ({ ...one, file: files[index] ?? "" })),
  );
  const percent = percentOf(found);
  const { readme: path } = documents;
  const readme =
    path === undefined ? undefined : readReadme(await readDocument(ctx.workspace.root, path), path);
  const examples = [
    ...(readme?.blocks.filter(({ python: isPython }) => isPython).map(({ line }) => `${path}:${line}`) ?? []),
    ...found.filter(({ doctest }) => doctest).map(({ file, line }) => `${file}:${line}`),
    ...(await importingExamples(ctx, documents.examples, importNames(ctx.component, files))),
  ];
  const undocumented = found.filter(({ documented }) => !documented);
  const tool = python.info.name;
  const incomplete = readmeDraft(tool, documents, readme);
  const drafts = [
    ...(incomplete === undefined ? [] : [incomplete]),
    ...(examples.length > 0 ? [] : [noExample(tool, documents)]),
    ...undocumented.map((one) => noDocstring(tool, one, percent < share.threshold ? "error" : "note")),
  ];
  const measurements: readonly Measurement[] = [
    { ...share, value: percent },
    { ...complete, value: incomplete === undefined ? 1 : 0 },
    { ...usage, value: examples.length },
  ];
  return {
    candidates: files.length,
    checked: lists.length,
    findings: await withFingerprints(ctx.workspace.root, drafts),
    measurements,
    tool: python.info,
    notes: [
      found.length === 0
        ? "nothing in the source is public, so no docstring is missing"
        : `${found.length - undocumented.length} of ${found.length} public definitions have a docstring`,
      ...(path === undefined ? [] : [`the README is ${path}`]),
    ],
    details: { definitions: found.length, documented: found.length - undocumented.length, examples },
  };
}

/** In percent, cut to two decimals, so that what is below a threshold is never rounded up to it. */
function percentOf(found: readonly Definition[]): number {
  if (found.length === 0) return 100;
  return Math.floor((found.filter(({ documented }) => documented).length * 10_000) / found.length) / 100;
}

function readmeDraft(
  tool: string,
  { readmePlace: file }: Documents,
  readme: Readme | undefined,
): FindingDraft | undefined {
  if (readme === undefined) {
    return draft(tool, "readme-missing", `there is no README: ${file} does not exist`, file, {
      text: `Write ${file}: what the component does, and an example of its use in a code block.`,
    });
  }
  if (!readme.says) {
    return draft(tool, "readme-empty", `${file} says nothing about the component`, file, {
      text: "Say what the component does, for whom, and how it is used.",
    });
  }
  if (readme.blocks.length > 0) return undefined;
  return draft(
    tool,
    "readme-no-example",
    `${file} has no example of use: no code block with text in it`,
    file,
    {
      text: "Add a code block that shows how the component is used.",
    },
  );
}

function noExample(tool: string, { readmePlace: file }: Documents): FindingDraft {
  return draft(tool, "no-usage-example", "no example shows in Python how the component is used", file, {
    text: "Add a `python` code block to the README, a doctest to a docstring, or a file below `examples` that imports the component.",
  });
}

function noDocstring(tool: string, one: Found, level: "error" | "note"): FindingDraft {
  const { kind, name, file, line, column, endColumn } = one;
  const what = kind === "module" ? "the module" : `the ${kind} ${name}`;
  const range = { startLine: line, startColumn: column, endLine: line, endColumn };
  const text = {
    module: "Begin the file with a docstring that says what the module is for.",
    class: "Say in a docstring what an instance stands for and how it is made.",
    method: "Say in a docstring what it does, what it takes and what it returns or raises.",
    function: "Say in a docstring what it does, what it takes and what it returns or raises.",
  }[kind];
  return { ...draft(tool, `no-docstring-${kind}`, `${what} has no docstring`, file, { text }), level, range };
}

function draft(
  tool: string,
  rule: string,
  message: string,
  file: string,
  { text }: { readonly text: string },
): FindingDraft {
  const range = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 };
  return { tool, rule, level: "error", message, file, range, fix: { kind: "text", text } };
}
