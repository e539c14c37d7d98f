import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Breakage, type GateContext, type ToolInfo } from "@towpath/core";
import { excerpt, findPython, runTool, toolPath, type Tool } from "@towpath/kit";
import { distributions as distributionsOf } from "../python/distributions.ts";
import type { NullStatement } from "../python/api.ts";
import { judgedTests, type JudgedTest } from "./judged-tests.ts";
import { parseProofLog, type ProofLog, type ProofMode } from "./proof-log.ts";
import { pluginModule, pluginSource, requestVariable } from "./pytest-plugin.ts";

/** Which tests are run, and on what. */
export interface ProofRequest {
  readonly python: Tool;
  /** Distributions that the component's Python has. */
  readonly distributions: Readonly<Record<string, string>>;
  /** The declared variables of the suite, with their values. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folder to run in; the ids of tests are relative to it. */
  readonly root: string;
  /** Folder for outputs, which must not exist. */
  readonly outDir: string;
  /** Files or folders with tests, relative to `root`. */
  readonly targets: readonly string[];
  /** The Python files below the targets that are looked at. @default all */
  readonly only?: readonly string[];
  /** More arguments of pytest. */
  readonly args?: readonly string[];
  /** Whether tests of Hypothesis are among them. */
  readonly properties: boolean;
  /** Files of which every test is run; of the others those with the marker `spec`. @default all files */
  readonly generated?: readonly string[];
  /** What stands in the component's place; absent: its own code. */
  readonly nothing?: {
    readonly modules: readonly string[];
    /** Absolute real paths of the component's own code, and of tests among it. */
    readonly sources: readonly string[];
    readonly tests: readonly string[];
    readonly statements: readonly NullStatement[];
    /** Files of tests that ask for names and signatures: they run against an empty package alone. */
    readonly contract: readonly string[];
  };
}

/** What a run showed. */
export interface ProofRun {
  readonly pytest: string;
  readonly tests: readonly JudgedTest[];
  /** Files that could not be collected without the component's code. */
  readonly uncollected: readonly { readonly node: string; readonly message: string }[];
}

const maxOutputBytes = 1024 * 1024;

/**
 * Runs tests with the real pytest in one process.
 * @throws {Breakage} `tool-missing` without pytest, `tool-version` before 7.2; `no-input` when no test was collected; `tool-config`, `tool-crash`,
 *   `environment`, `mismatch`, `parse` when pytest did not come to a sound end; what `runTool` throws
 */
export async function runProof(ctx: GateContext, request: ProofRequest): Promise<ProofRun> {
  const { root, outDir, targets, nothing, python, distributions, variables, args = [] } = request;
  requirePytest(distributions["pytest"]);
  await mkdir(outDir, { recursive: true });
  const log = join(outDir, "proof.ndjson");
  const requestFile = join(outDir, "request.json");
  const contract = nothing?.contract ?? [];
  const modes: readonly ProofMode[] =
    nothing === undefined ? [] : [...(contract.length > 0 ? (["empty"] as const) : []), "raises", "sentinel"];
  await writeFile(join(outDir, `${pluginModule}.py`), pluginSource);
  await writeFile(
    requestFile,
    JSON.stringify({
      root,
      log,
      modes,
      generated: request.generated ?? null,
      properties: request.properties && distributions["hypothesis"] !== undefined,
      only: request.only ?? null,
      contract,
      sources: nothing?.sources ?? [],
      tests: nothing?.tests ?? [],
      modules: nothing?.modules ?? [],
      nothing: nothing?.statements ?? [],
    }),
  );
  const path = variables["PYTHONPATH"];
  const { code, stdout, stderr } = await runTool(
    ctx,
    python,
    [
      "-m",
      "pytest",
      "-p",
      pluginModule,
      "-q",
      "--tb=line",
      // Rewritten assertions only make nicer messages, and rewriting takes most of the time.
      "--assert=plain",
      "-o",
      `cache_dir=${join(outDir, "cache")}`,
      ...(distributions["pytest-cov"] === undefined ? [] : ["--no-cov"]),
      ...args,
      ...targets.map(toolPath),
    ],
    {
      cwd: root,
      maxOutputBytes,
      env: {
        ...variables,
        PYTHONPATH: path === undefined ? outDir : `${outDir}${delimiter}${path}`,
        // Tables of Unicode take Hypothesis a second to make.
        HYPOTHESIS_STORAGE_DIRECTORY: join(ctx.workspace.root, ".towpath", "cache", "hypothesis"),
        [requestVariable]: requestFile,
      },
    },
  );
  const output = excerpt(`${stderr}\n${stdout}`);
  const text = await readFile(log, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (text === "") throw notStarted(code, output);
  const read = parseProofLog(text);
  requireSound(read, code, output, nothing !== undefined);
  const modesOf = (file: string): readonly ProofMode[] => {
    if (nothing === undefined) return ["load"];
    return contract.includes(file) ? ["empty"] : ["raises", "sentinel"];
  };
  return { pytest: read.pytest, tests: judgedTests(read, modesOf), uncollected: read.collectErrors };
}

/**
 * The pytest of the component's environment, without running a test.
 * @throws {Breakage} `tool-missing` when interpreter or pytest is missing, `tool-version` when pytest is too old
 */
export async function probePytest(ctx: GateContext): Promise<ToolInfo> {
  const python = await findPython(ctx);
  const { pytest } = await distributionsOf(ctx, python);
  requirePytest(pytest);
  return { name: "pytest", version: pytest, path: python.command, via: python.info.via };
}

function requirePytest(version: string | undefined): asserts version is string {
  const fix = ['python -m pip install "pytest>=7.2"'];
  if (version === undefined) {
    throw new Breakage("tool-missing", {
      message: "pytest is not installed in the component's environment",
      fix,
    });
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 7 || (major === 7 && minor >= 2)) return;
  throw new Breakage("tool-version", { message: `pytest ${version} is not supported: 7.2 or later is`, fix });
}

function notStarted(code: number, output: string): Breakage {
  return code === 4
    ? new Breakage("tool-config", {
        message: "pytest refused its arguments or a conftest.py (4)",
        why: output,
      })
    : new Breakage("tool-crash", { message: `pytest did not begin (exit code ${code})`, why: output });
}

/** Holds the log against the exit code: 0 and 1 are answers, nothing else is. */
function requireSound(log: ProofLog, code: number, output: string, isNothing: boolean): void {
  const { finish, items, reports, collectErrors, strange } = log;
  if (finish === undefined) {
    const last = reports.at(-1)?.node;
    const where = last === undefined ? "" : ` after ${excerpt(last, 200)}`;
    throw new Breakage("tool-crash", { message: `pytest died${where} (exit code ${code})`, why: output });
  }
  if (finish.exit !== code) {
    throw new Breakage("mismatch", {
      message: `the session of pytest ended with ${finish.exit}, the process with ${code}`,
    });
  }
  if (strange.length > 0) {
    throw new Breakage("environment", {
      message: `${excerpt(strange.join(", "), 300)} was imported from the component itself, so nothing could stand in its place`,
      why: "Its tests import it by a name that does not follow from the source paths, or a pytest plugin imports it.",
      fix: ["Declare the folder of the package as the component's source."],
    });
  }
  if (code === 3)
    throw new Breakage("tool-crash", { message: "pytest ended with an internal error (3)", why: output });
  if (code === 4)
    throw new Breakage("tool-config", { message: "pytest refused its arguments (4)", why: output });
  if (collectErrors.length > 0 && !isNothing) {
    const [first] = collectErrors;
    throw new Breakage("environment", {
      message: `pytest cannot collect ${excerpt(first?.node ?? "", 200)}`,
      why: excerpt(first?.message ?? ""),
    });
  }
  if (items.length === 0 && collectErrors.length === 0) {
    throw new Breakage("no-input", { message: `pytest collected no test (exit code ${code})`, why: output });
  }
  const problems = reports.filter(({ outcome }) => outcome === "failed").length + collectErrors.length;
  const isAnswer = code === (problems > 0 ? 1 : 0);
  // Where no test is left, pytest ends with 5 even after an error of collection.
  if (isAnswer || (items.length === 0 && (code === 2 || code === 5))) return;
  throw new Breakage(code > 1 ? "tool-crash" : "mismatch", {
    message: `pytest ended with exit code ${code}, and its log has ${problems} failures`,
    why: output,
  });
}
