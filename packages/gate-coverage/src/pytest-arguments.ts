import { join } from "node:path";
import type { CoverageMode } from "./coverage-mode.ts";
import { pluginModule } from "./pytest-plugin.ts";

/** What a run of pytest writes, as absolute paths. */
export interface RunFiles {
  /** Where the plugin's module lies. */
  readonly pluginDir: string;
  readonly log: string;
  readonly junit: string;
  readonly cacheDir: string;
  /** Data file of coverage.py. */
  readonly data: string;
  readonly coverage: string;
}

/** The files of a run in a fresh folder. */
export function runFiles(outDir: string): RunFiles {
  return {
    pluginDir: join(outDir, "plugin"),
    log: join(outDir, "pytest.ndjson"),
    junit: join(outDir, "junit.xml"),
    cacheDir: join(outDir, "cache"),
    data: join(outDir, "coverage.data"),
    coverage: join(outDir, "coverage.json"),
  };
}

/** What to run. */
export interface PytestRequest {
  readonly files: RunFiles;
  readonly mode: CoverageMode;
  readonly branches: boolean;
  /** Folders to measure, relative to the working directory. */
  readonly sourceDirs: readonly string[];
  /** The user's arguments. */
  readonly args: readonly string[];
  /** Test paths or node ids, in a form that no option can have. */
  readonly targets: readonly string[];
}

/**
 * The arguments of the interpreter. Ours come after the project's `addopts` and the user's arguments, because the
 * last one wins: formats, outputs and thresholds are not the project's to change.
 */
export function pytestArguments(request: PytestRequest): readonly string[] {
  const { files, mode, branches, sourceDirs, args, targets } = request;
  const around = mode === "coverage-run" ? coverageRun(sourceDirs, branches) : [];
  return [
    ...around,
    "-m",
    "pytest",
    ...args,
    "-p",
    pluginModule,
    `--junit-xml=${files.junit}`,
    // A cache of its own: the project's stays as it is, and `--lf` finds nothing to leave out.
    "-o",
    `cache_dir=${files.cacheDir}`,
    ...pytestCov(request, sourceDirs, branches),
    ...targets,
  ];
}

function coverageRun(sourceDirs: readonly string[], branches: boolean): readonly string[] {
  return ["-m", "coverage", "run", `--source=${sourceDirs.join(",")}`, ...(branches ? ["--branch"] : [])];
}

function pytestCov(
  { mode, files }: PytestRequest,
  sourceDirs: readonly string[],
  branches: boolean,
): readonly string[] {
  if (mode === "off") return ["--no-cov"];
  if (mode !== "pytest-cov" && mode !== "pytest-cov-without-json") return [];
  return [
    ...sourceDirs.map((dir) => `--cov=${dir}`),
    ...(branches ? ["--cov-branch"] : []),
    `--cov-report=${mode === "pytest-cov" ? `json:${files.coverage}` : ""}`,
    // A threshold of the project would turn the exit code; ours is judged from the report.
    "--cov-fail-under=0",
  ];
}
