import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { project, pythonEnv } from "@towpath/testkit";
import { z } from "zod";
import { type Counts, coverageTally, occurring, secretKind, type Tally, tally } from "./pypi-counts.ts";
import { type Ended, runProgram, toolEnv } from "./pypi-program.ts";

/** A component, as the bare tools are asked about it. */
export interface Subject {
  /** Absolute path of the project. */
  readonly root: string;
  /** Source paths and test paths, relative to it. */
  readonly source: readonly string[];
  readonly tests: readonly string[];
  /** Further arguments of pytest. */
  readonly pytestArgs: readonly string[];
}

/**
 * Asks each tool by the command that a person would type, in the pinned environment, and counts what it says.
 * @param dependencies what `rawAudit` said
 */
export async function rawCounts(subject: Subject, dependencies: Tally): Promise<Counts> {
  // First of all: the tools below leave caches behind.
  const files = await filesBelow(subject.root, [...subject.source, ...subject.tests]);
  const { tests, flaky, coverage } = await pytest(subject);
  return {
    lint: await ruffCheck(subject),
    format: await ruffFormat(subject),
    types: await pyright(subject),
    tests,
    coverage,
    flaky,
    secrets: await detectSecrets(subject, files),
    sast: await bandit(subject),
    dependencies,
    complexity: await radon(subject),
  };
}

/** What pip-audit says of the environment, which is the same for all packages. */
export async function rawAudit(): Promise<Tally> {
  const { root } = await project({});
  const output = join(root, "audit.json");
  await python(root, ["-m", "pip_audit", "-f", "json", "-o", output, "--progress-spinner", "off"], [0, 1]);
  // Code 1 is that of vulnerabilities and of every failure; only an audit that came to its end leaves a report.
  const text = await readFile(output, "utf8").catch(() => undefined);
  if (text === undefined) return { unanswered: 1 };
  const dependency = z.object({ vulns: z.array(z.unknown()).optional() });
  const { dependencies } = z.object({ dependencies: z.array(dependency) }).parse(JSON.parse(text));
  const audited = dependencies.flatMap(({ vulns }) => (vulns === undefined ? [] : [vulns]));
  return occurring({
    audited: audited.length,
    unaudited: dependencies.length - audited.length,
    vulnerabilities: audited.flat().length,
  });
}

/**
 * `--no-fix`: projects that set `fix = true` ask ruff to edit and then count what is left.
 * `--force-exclude`: without it ruff checks what its configuration excludes, just because it was named.
 */
const ruffFlags = ["--force-exclude", "--no-cache"];

async function ruffCheck({ root, source, tests }: Subject): Promise<Tally> {
  const args = ["-m", "ruff", "check", "--no-fix", "--output-format", "json", ...ruffFlags];
  const { stdout } = await python(root, [...args, ...source, ...tests], [0, 1]);
  const issues = z.array(z.object({ code: z.string() })).parse(JSON.parse(stdout));
  return tally(issues.map(({ code }) => code));
}

async function ruffFormat({ root, source, tests }: Subject): Promise<Tally> {
  const args = ["-m", "ruff", "format", "--check", "--output-format", "concise", ...ruffFlags];
  const { stdout } = await python(root, [...args, ...source, ...tests], [0, 1]);
  return tally([...stdout.matchAll(/^(.+?):\d+:\d+: unformatted: /gm)].map(([, file = ""]) => file));
}

const pyrightReport = z.object({
  generalDiagnostics: z.array(
    z.object({ severity: z.string(), rule: z.string().default("syntax"), message: z.string() }),
  ),
});

async function pyright({ root, source }: Subject): Promise<Tally> {
  const program = createRequire(import.meta.url).resolve("pyright/index.js");
  const { stdout } = await runProgram({
    command: process.execPath,
    args: [program, "--outputjson", ...source],
    cwd: root,
    env: await toolEnv(),
    codes: [0, 1],
  });
  const { generalDiagnostics } = pyrightReport.parse(JSON.parse(stdout));
  const missing = generalDiagnostics
    .filter(({ rule, severity }) => rule === "reportMissingImports" && severity === "error")
    .map(({ message }) => /^Import "(.+)" could not be resolved/.exec(message)?.[1]);
  // What depends on a missing module has no known type: Towpath names the modules, and no other error.
  if (missing.length > 0) return tally(new Set(missing.map((name) => `missing ${name}`)));
  return tally(generalDiagnostics.map(({ severity, rule }) => `${severity} ${rule}`));
}

async function pytest({
  root,
  source,
  tests,
  pytestArgs,
}: Subject): Promise<Pick<Counts, "tests" | "coverage" | "flaky">> {
  const report = join((await project({})).root, "coverage.json");
  // A module has no folder of its own, so it is named as it is imported.
  const measured = source.map((path) => `--cov=${path.replace(/\.py$/, "")}`);
  const { stdout } = await python(
    root,
    ["-m", "pytest", ...pytestArgs, ...measured, `--cov-report=json:${report}`, ...tests],
    [0, 1, 2],
  );
  const lines = stripVTControlCharacters(stdout).trimEnd().split("\n");
  const outcomes = lastLine(lines.at(-1) ?? "");
  const failed = lines.flatMap((line) => /^FAILED (.+?)(?: - .*)?$/.exec(line)?.[1] ?? []);
  const flaky: string[] = [];
  for (const test of failed) {
    const { code } = await python(root, ["-m", "pytest", "--no-cov", test], [0, 1]);
    if (code === 0) flaky.push(test);
  }
  const ran = (outcomes["passed"] ?? 0) + (outcomes["failed"] ?? 0) > 0;
  return {
    tests: outcomes,
    flaky: tally(flaky),
    // Where no test ran, what merely importing the source covered is no figure of the tests.
    coverage: ran ? await coverageOf(report, source) : {},
  };
}

/** Reads pytest's last line, e.g. `== 2 failed, 307 passed, 25 skipped in 1.69s ==`. */
function lastLine(line: string): Tally {
  const parts = [...line.matchAll(/(\d+) (passed|failed|skipped|xfailed|xpassed|error)s?\b/g)];
  return Object.fromEntries(
    parts.map(([, count, word]) => [word === "error" ? "errors" : word, Number(count)]),
  );
}

/** The component's files of a coverage report: the project's own settings may measure its tests besides. */
async function coverageOf(path: string, source: readonly string[]): Promise<Tally> {
  const summary = z.object({ covered_lines: z.int(), num_statements: z.int() });
  const schema = z.object({ files: z.record(z.string(), z.object({ summary })) });
  const { files } = schema.parse(JSON.parse(await readFile(path, "utf8")));
  const own = Object.entries(files)
    .filter(([file]) => source.some((place) => file === place || file.startsWith(`${place}/`)))
    .map(([, file]) => file.summary);
  const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
  return coverageTally(sum(own.map((one) => one.num_statements)), sum(own.map((one) => one.covered_lines)));
}

const secretsReport = z.object({ results: z.record(z.string(), z.array(z.object({ type: z.string() }))) });

/** All files are named, as the tool by itself looks only at those that git tracks. */
async function detectSecrets({ root }: Subject, files: readonly string[]): Promise<Tally> {
  const { stdout } = await python(root, ["-m", "detect_secrets", "scan", "--no-verify", ...files]);
  const { results } = secretsReport.parse(JSON.parse(stdout));
  return tally(
    Object.values(results)
      .flat()
      .map(({ type }) => secretKind(type)),
  );
}

async function bandit({ root, source }: Subject): Promise<Tally> {
  const { stdout } = await python(root, ["-m", "bandit", "-q", "-r", "-f", "json", ...source], [0, 1]);
  const issue = z.object({ issue_severity: z.string() });
  const { results } = z.object({ results: z.array(issue) }).parse(JSON.parse(stdout));
  return tally(results.map(({ issue_severity: severity }) => severity.toLowerCase()));
}

/** A function, method or class of radon's report. */
interface Block {
  readonly type: string;
  readonly lineno: number;
  readonly complexity: number;
  readonly closures?: readonly Block[] | undefined;
}

const block: z.ZodType<Block> = z.object({
  type: z.string(),
  lineno: z.int(),
  complexity: z.int(),
  get closures() {
    return z.array(block).optional();
  },
});

async function radon({ root, source }: Subject): Promise<Tally> {
  const { stdout } = await python(root, ["-m", "radon", "cc", "-j", ...source]);
  const report = z.record(z.string(), z.array(block)).parse(JSON.parse(stdout));
  const withClosures = (one: Block): readonly Block[] => [one, ...(one.closures ?? []).flatMap(withClosures)];
  const complex = Object.entries(report).flatMap(([file, blocks]) =>
    blocks
      .flatMap(withClosures)
      .filter(({ type, complexity }) => type !== "class" && complexity > 10)
      .map(({ lineno, complexity }): readonly [string, number] => [`${file}:${lineno}`, complexity]),
  );
  return Object.fromEntries(complex);
}

async function python(cwd: string, args: readonly string[], codes: readonly number[] = [0]): Promise<Ended> {
  const { python: command } = await pythonEnv();
  return runProgram({ command, args, cwd, codes, env: await toolEnv() });
}

async function filesBelow(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const entries = path.endsWith(".py")
      ? [join(root, path)]
      : (await readdir(join(root, path), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name));
    found.push(...entries.map((entry) => relative(root, entry)));
  }
  return found.toSorted();
}
