import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  Breakage,
  type GateContext,
  type GeneratedFile,
  type GeneratedTests,
  type SpecDoc,
  type TestGenerator,
} from "@towpath/core";
import { findPython, type Tool } from "@towpath/kit";
import { declaredVariables } from "./declared-variables.ts";
import { emitConftest } from "./emit/conftest.ts";
import type { Uncovered } from "./emit/emit-context.ts";
import { emitTests } from "./emit/emit-tests.ts";
import { render, specDigest } from "./emit/render.ts";
import { type EmittedFile, generatedTests } from "./emit/test-file.ts";
import { importableNames, moduleNames } from "./module-names.ts";
import type { TestgenOptions } from "./options.ts";
import { failed, nullVerdict } from "./proof/judged-tests.ts";
import { runProof } from "./proof/run-proof.ts";
import type { NullStatement } from "./python/api.ts";
import { distributions as distributionsOf } from "./python/distributions.ts";
import { readPython } from "./python/read-python.ts";
import { testFolder } from "./test-folder.ts";
import { generatedIn, type RenderedFile, writeFiles } from "./write-files.ts";

/** The generator `pytest`. */
export function pytestGenerator(options: TestgenOptions): TestGenerator {
  return {
    name: "pytest",
    generate: (spec, ctx) => generateTests(spec, ctx, options),
    files: generatedFiles,
  };
}

/** The generated files of a component; the one that registers the marker is every component's. */
async function generatedFiles(ctx: GateContext): Promise<readonly Pick<GeneratedFile, "path" | "open">[]> {
  const { name, tests } = ctx.component;
  if (tests.every((path) => path.endsWith(".py"))) return [];
  const found = await generatedIn(ctx.workspace.root, await testFolder(ctx));
  return found
    .filter(({ head }) => head.component === name || head.component === "")
    .map(({ path, head }) => ({ path, open: head.open }));
}

/** What tests are run with. */
interface Bench {
  readonly python: Tool;
  readonly distributions: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Writes the tests of a specification that fail on an implementation which does nothing, and tells which of them fail on
 * the code as it is.
 * @throws {Breakage} `no-input` without a folder of tests or importable source, `untrusted` in a tree that is not
 *   trusted, and what `readPython` and `runProof` throw; no file has been written then, unless pytest breaks on the
 *   component's own code
 */
async function generateTests(
  spec: SpecDoc,
  ctx: GateContext,
  { env }: TestgenOptions,
): Promise<GeneratedTests> {
  if (!ctx.trusted) {
    throw new Breakage("untrusted", { message: "tests of a tree that is not trusted here are not run" });
  }
  const { name, source } = ctx.component;
  const { root } = ctx.workspace;
  const folder = await testFolder(ctx);
  const importable = importableNames(ctx);
  const modules = moduleNames(root, source);
  const python = await findPython(ctx);
  const [reading, distributions] = await Promise.all([
    readPython(ctx, python, spec, importable),
    distributionsOf(ctx, python),
  ]);
  const bench = { python, distributions, variables: declaredVariables(env, ctx.env) };
  const word = name.replaceAll("-", "_");
  const depth = folder.split("/").length;
  const emitted = emitTests({ spec, reading, modules, folder, depth, word }, distributions);
  const digest = specDigest(spec);
  const textOf = (file: EmittedFile): RenderedFile => ({
    path: file.path,
    text: render(file, name, digest),
    open: file.open,
  });

  const vacuous = await vacuousTests(ctx, bench, emitted.files, textOf, importable, reading.nothing);
  const taken = new Set(vacuous.map(({ id }) => id));
  const kept = emitted.files.flatMap((file) => {
    const tests = file.tests.filter((test) => !taken.has(`${file.path}::${test.name}`));
    // Files without tests of their own are the scenarios' text and steps.
    return file.tests.length > 0 && tests.length === 0 ? [] : [{ ...file, tests }];
  });
  const tests = kept.flatMap(generatedTests);
  const all = tests.length === 0 ? [] : [emitConftest(folder), ...kept];
  const files = await writeFiles(root, folder, name, all.map(textOf));
  const red = tests.length === 0 ? [] : await redTests(ctx, bench, kept);
  const known = new Set(tests.map(({ id }) => id));
  return {
    files,
    tests,
    vacuous,
    red: red.filter((id) => known.has(id)),
    uncovered: [...emitted.uncovered, ...untouched(spec, tests, emitted.uncovered, emitted.files, taken)],
  };
}

/** Runs the tests in a folder of their own against an implementation that does nothing. */
async function vacuousTests(
  ctx: GateContext,
  bench: Bench,
  files: readonly EmittedFile[],
  textOf: (file: EmittedFile) => RenderedFile,
  modules: readonly string[],
  statements: readonly NullStatement[],
): Promise<GeneratedTests["vacuous"]> {
  const targets = files.filter(({ tests }) => tests.length > 0).map(({ path }) => path);
  const [first] = targets;
  if (first === undefined) return [];
  const stage = join(ctx.outDir, "nothing");
  const staged = [...files, emitConftest(dirname(first))].map(textOf);
  for (const { path, text } of staged) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await writeFile(join(stage, path), text);
  }
  await writeFile(join(stage, "pytest.ini"), "[pytest]\naddopts = --strict-markers\n");
  const contract = files.filter(({ tier }) => tier === "T0").map(({ path }) => path);
  const { tests } = await runProof(ctx, {
    ...bench,
    root: stage,
    outDir: join(ctx.outDir, "proof-of-nothing"),
    targets,
    properties: hasProperties(files),
    nothing: { modules, sources: [], tests: [], statements, contract },
  });
  return tests
    .filter((test) => nullVerdict(test) !== "red")
    .map(({ id, cases }) => {
      const mode = cases.find(({ outcome }) => outcome === "passed")?.mode ?? "no";
      const on = {
        empty: "where the package is empty",
        raises: "where every function raises NotImplementedError",
        sentinel: "where every function returns the same meaningless object",
        load: "on the code",
        no: "nowhere, but does not fail either",
      }[mode];
      return { id, reason: `it passes ${on}` };
    });
}

/** The ids of the tests that fail on the component's own code. */
async function redTests(
  ctx: GateContext,
  bench: Bench,
  files: readonly EmittedFile[],
): Promise<readonly string[]> {
  const { tests } = await runProof(ctx, {
    ...bench,
    root: ctx.workspace.root,
    outDir: join(ctx.outDir, "proof-of-code"),
    targets: files.filter((file) => file.tests.length > 0).map(({ path }) => path),
    properties: hasProperties(files),
  });
  return tests.filter(failed).map(({ id }) => id);
}

function hasProperties(files: readonly EmittedFile[]): boolean {
  return files.some(({ tier }) => tier === "T3");
}

/** The requirements that a test should prove, and for which there is none. */
function untouched(
  { requirements }: SpecDoc,
  tests: GeneratedTests["tests"],
  known: readonly Uncovered[],
  files: readonly EmittedFile[],
  vacuous: ReadonlySet<string>,
): readonly Uncovered[] {
  const covered = new Set([
    ...tests.flatMap((test) => test.requirements),
    ...known.map(({ requirement }) => requirement),
  ]);
  const taken = new Set(
    files.flatMap(generatedTests).flatMap((test) => (vacuous.has(test.id) ? test.requirements : [])),
  );
  return requirements
    .filter(({ id, proof }) => (proof ?? "test") === "test" && !covered.has(id))
    .map(({ id }) => ({
      requirement: id,
      reason: taken.has(id)
        ? "its tests passed on an implementation that does nothing, so they were not kept"
        : "it has no example, scenario or EARS statement, and it names nothing of the API",
    }));
}
