import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import {
  Breakage,
  defineGate,
  specDocument,
  testRun,
  type Evidence,
  type ExecutedTest,
  type Gate,
  type GateContext,
  type GateEnvironment,
  type PluginApi,
  type Threshold,
} from "@towpath/core";
import { excerpt, findPython, withFingerprints, type FindingDraft } from "@towpath/kit";
import { configFiles } from "../config-files.ts";
import { declaredVariables } from "../declared-variables.ts";
import { readHead } from "../emit/header.ts";
import { specDigest } from "../emit/render.ts";
import { embeddedTool } from "../embedded-tool.ts";
import { importableNames } from "../module-names.ts";
import type { TestgenOptions } from "../options.ts";
import { distributions } from "../python/distributions.ts";
import { readPython } from "../python/read-python.ts";
import { nullVerdict, type JudgedTest } from "./judged-tests.ts";
import { changedFile, neverRed, vacuousTest } from "./proof-findings.ts";
import { probePytest, runProof } from "./run-proof.ts";

/**
 * The gate `proof`: every test that names a requirement fails on an implementation that does nothing. What cannot be
 * judged there must have failed before, on record. What was executed says which tests there are: one that is not there
 * without the component's code has not failed without it.
 */
export function proofGate(api: PluginApi, options: TestgenOptions): Gate {
  const limit: Threshold = {
    name: "tests that cannot fail",
    unit: "tests",
    operator: "<=",
    threshold: 0,
    source: api.origin([]),
  };
  return defineGate({
    name: "proof",
    category: "testing",
    stages: ["testing"],
    code: "TP1131",
    executesCode: true,
    subject: "tests",
    needs: [specDocument, testRun],
    configFiles,
    thresholds: () => [limit],
    probe: probePytest,
    environment: (ctx) => proofEnvironment(ctx, options),
    check: (ctx) => checkProof(ctx, options, limit),
  });
}

/**
 * What the judgement depends on beside the files: the interpreter with its packages, the declared variables, and what
 * configures pytest above the repository. Facts only ever add a red, so that what passed stays passed.
 */
async function proofEnvironment(ctx: GateContext, { env }: TestgenOptions): Promise<GateEnvironment> {
  if (!ctx.trusted) {
    throw new Breakage("untrusted", { message: "the tests are code of a tree that is not trusted here" });
  }
  return {
    python: "packages",
    variables: env,
    files: above(ctx.workspace.root),
    values: { [embeddedTool.name]: embeddedTool.version },
  };
}

function above(folder: string): readonly string[] {
  const parent = dirname(folder);
  if (parent === folder) return [];
  return [...configFiles.map((name) => join(parent, name)), ...above(parent)];
}

async function checkProof(ctx: GateContext, { env }: TestgenOptions, limit: Threshold): Promise<Evidence> {
  const spec = ctx.artifacts.get(specDocument);
  const { root } = ctx.workspace;
  const { name, source } = ctx.component;
  const executed = executedTests(ctx);
  const files = await testFiles(ctx, new Set(executed.map(({ file }) => file)));
  const python = await findPython(ctx);
  const modules = importableNames(ctx);
  const [reading, installed] = await Promise.all([
    readPython(ctx, python, spec, modules),
    distributions(ctx, python),
  ]);
  const contract = files.filter(({ head }) => head?.tier === "T0" && head.component === name);
  const { tests, uncollected, pytest } = await runProof(ctx, {
    python,
    distributions: installed,
    variables: declaredVariables(env, ctx.env),
    root,
    outDir: join(ctx.outDir, "proof"),
    targets: ctx.component.tests,
    only: files.filter(({ mentions }) => mentions).map(({ path }) => path),
    properties: files.some(({ properties }) => properties),
    generated: files.filter(({ head }) => head?.component === name).map(({ path }) => path),
    nothing: {
      modules,
      sources: await realPaths(root, source),
      tests: await realPaths(root, ctx.component.tests),
      statements: reading.nothing,
      contract: contract.map(({ path }) => path),
    },
  });
  const facts = await ctx.records.facts();
  // Scenarios fail before their steps are written, whatever is written then.
  const scenarios = new Set(files.filter(({ head }) => head?.tier === "T2").map(({ path }) => path));
  const recorded = new Set(facts.flatMap((fact) => (fact.kind === "red" ? fact.tests : [])));
  const wasRed = ({ id, file }: Pick<JudgedTest, "id" | "file">): boolean =>
    recorded.has(id) && !scenarios.has(file);

  const judged = tests.map((test) => ({ test, verdict: nullVerdict(test) }));
  const vacuous = judged.filter(({ verdict }) => verdict === "vacuous");
  const unseen = judged.filter(
    ({ test, verdict }) => (verdict === "outside" || verdict === "skipped") && !wasRed(test),
  );
  const known = new Set(tests.map(({ id }) => id));
  const absent = executed.filter((test) => !known.has(test.id) && !wasRed(test));
  const digest = specDigest(spec);
  const drafts: readonly FindingDraft[] = [
    ...vacuous.map(({ test }) => vacuousTest(test)),
    ...unseen.map(({ test, verdict }) => neverRed(test, verdict === "outside" ? "outside" : "skipped")),
    ...absent.map((test) => neverRed(test, "absent")),
    ...files.flatMap(({ path, head }) =>
      head === undefined || head.component !== name || (head.untouched && head.spec === digest) || head.open
        ? []
        : [changedFile(path, head.untouched)],
    ),
  ];
  const elsewhere = judged.filter(({ verdict }) => verdict === "outside").length;
  const notes = [
    `${judged.filter(({ verdict }) => verdict === "red").length} of ${tests.length} tests fail on an implementation that does nothing`,
    ...(elsewhere === 0
      ? []
      : [
          `${elsewhere} tests start processes or connect to somebody, so the record of failures decides about them`,
        ]),
    ...(uncollected.length === 0
      ? []
      : [
          `${uncollected.length} files cannot even be collected without the component's code: ${excerpt(uncollected.map(({ node }) => node).join(", "), 300)}`,
        ]),
  ];
  const looked = tests.length + uncollected.length;
  return {
    candidates: looked,
    checked: looked,
    findings: await withFingerprints(root, drafts),
    measurements: [{ ...limit, value: vacuous.length }],
    tool: { name: "pytest", version: pytest, path: python.command, via: python.info.via },
    notes,
  };
}

/** Absolute paths as Python sees them; one that does not exist holds no code. */
async function realPaths(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const place = join(root, path);
      return existsSync(place) ? [await realpath(place)] : [];
    }),
  );
  return found.flat();
}

/** The tests that passed and name a requirement, without parameters. */
function executedTests(ctx: GateContext): readonly Pick<JudgedTest, "id" | "file" | "line" | "spec">[] {
  const { rootdir, tests } = ctx.artifacts.get(testRun);
  const pathOf = (file: string): string =>
    relative(ctx.workspace.root, join(rootdir, file)).split(sep).join("/");
  const marked = tests.filter(({ outcome, spec }) => outcome === "passed" && spec.length > 0);
  const named = marked.map((test) => ({ ...test, file: pathOf(test.file) }));
  return [...new Map(named.map((test) => [idOf(test), { ...test, id: idOf(test) }])).values()];
}

/** pytest's node id with the file's path in the repository, and without parameters. */
function idOf({ nodeid, file }: Pick<ExecutedTest, "nodeid" | "file">): string {
  const below = nodeid.slice(nodeid.indexOf("::") + 2);
  return `${file}::${below.replace(/\[.*\]$/s, "")}`;
}

interface TestFile {
  readonly path: string;
  readonly head: ReturnType<typeof readHead>;
  /** Whether the word `spec` stands in it, or a test of it was executed that has the marker from elsewhere. */
  readonly mentions: boolean;
  readonly properties: boolean;
}

/** The component's files of tests; at least one of them may name a requirement. */
async function testFiles(ctx: GateContext, marked: ReadonlySet<string>): Promise<readonly TestFile[]> {
  const { name, tests } = ctx.component;
  if (tests.length === 0) {
    throw new Breakage("no-input", { message: `the component ${name} declares no tests` });
  }
  const { root } = ctx.workspace;
  const { files } = await ctx.workspace.list(tests);
  const read = await Promise.all(
    files
      .filter((path) => path.endsWith(".py") || path.endsWith(".feature"))
      .map(async (path): Promise<TestFile> => {
        const text = await readFile(join(root, path), "utf8");
        return {
          path,
          head: readHead(text),
          mentions: path.endsWith(".py") && (marked.has(path) || /\bspec\b/.test(text)),
          properties: text.includes("hypothesis"),
        };
      }),
  );
  if (
    read.some(({ path, head, mentions }) => mentions && !path.endsWith("conftest.py") && head?.open !== true)
  )
    return read;
  throw new Breakage("no-input", {
    message: `no test of the component ${name} names a requirement`,
    where: tests,
    fix: [
      'Mark the tests that prove one: @pytest.mark.spec("FR-1")',
      "Or let them be generated: towpath run",
    ],
  });
}
