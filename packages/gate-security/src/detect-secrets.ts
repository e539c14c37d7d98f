import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { readReport, runTool, type Tool, toolPath } from "@towpath/kit";
import { lastWords } from "./last-words.ts";
import { argumentChunks } from "./argument-chunks.ts";
import type { Baseline, ScanSettings } from "./baseline.ts";
import { parseDetectSecrets } from "./parse-detect-secrets.ts";
import type { Secret, SecretScan } from "./secret.ts";
import { readText, type TextFile } from "./text-files.ts";
import { toolEnvironment } from "./tool-environment.ts";

/** Filters that leave whole files out, and among them those that are on by default. */
const fileFilters = [
  "detect_secrets.filters.heuristic.is_non_text_file",
  "detect_secrets.filters.heuristic.is_lock_file",
  "detect_secrets.filters.heuristic.is_swagger_file",
  "detect_secrets.filters.regex.should_exclude_file",
];
const defaultFileFilters = fileFilters.slice(0, 3).map((path) => ({ path }));

/** How many files are worth worker processes. */
const parallelFrom = 64;

/** A string that the tool's AWS detector finds in any file that it looks at. */
const planted = `AKIA${"X".repeat(16)}`;

/**
 * Scans files with detect-secrets. The team's baseline is not touched: the tool gets a private copy of its settings
 * with empty results, and writes what it finds into that copy. Beside the scan, the same file names with a planted
 * secret are scanned: the files in which it is found are the files that the tool looks at.
 */
export async function scanWithDetectSecrets(
  ctx: GateContext,
  tool: Tool,
  files: readonly TextFile[],
  baseline: Baseline | undefined,
): Promise<SecretScan> {
  const settings = baseline?.settings ?? { version: tool.info.version, plugins_used: [] };
  const folder = await mkdtemp(join(ctx.outDir, "detect-secrets-"));
  const root = ctx.workspace.root;
  const foreign = files.filter((file) => !file.utf8).map((file) => file.path);
  try {
    await writeDecoded(root, join(folder, "decoded"), foreign);
    await writePlanted(join(folder, "planted"), files);
    const scan = (cwd: string, paths: readonly string[], given: ScanSettings): Promise<readonly Secret[]> =>
      scanFiles({ ctx, tool, folder, cwd, paths, settings: given });
    const [plain = [], decoded = [], found = []] = await together([
      scan(
        root,
        files.filter((file) => file.utf8).map((file) => file.path),
        settings,
      ),
      scan(join(folder, "decoded"), foreign, settings),
      scan(
        join(folder, "planted"),
        files.map((file) => file.path),
        plantedSettings(settings),
      ),
    ]);
    const looked = new Set(found.map((secret) => secret.file));
    return {
      secrets: [...plain, ...decoded],
      checked: looked.size,
      tool: tool.info,
      warnings: refusals(baseline),
      notes: leftOut(files.map((file) => file.path).filter((path) => !looked.has(path))),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for all, also when one fails: no process may outlive the check, or lose the folder that it writes to. */
async function together<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

interface Scan {
  readonly ctx: GateContext;
  readonly tool: Tool;
  /** Where the copies go. */
  readonly folder: string;
  /** What `paths` are relative to. */
  readonly cwd: string;
  readonly paths: readonly string[];
  readonly settings: ScanSettings;
}

async function scanFiles({ ctx, tool, folder, cwd, paths, settings }: Scan): Promise<readonly Secret[]> {
  const secrets: Secret[] = [];
  for (const chunk of argumentChunks(paths.map(toolPath))) {
    const copy = join(await mkdtemp(join(folder, "copy-")), "copy.json");
    await writeFile(copy, JSON.stringify({ ...settings, results: {} }));
    // Its worker processes cost more than they save on fewer files.
    const cores = chunk.length < parallelFrom ? "1" : String(availableParallelism());
    const all = settings.plugins_used.length === 0 && settings.filters_used === undefined;
    const args = [
      "--cores",
      cores,
      "scan",
      "--no-verify",
      ...(all ? ["--force-use-all-plugins"] : []),
      "--baseline",
      copy,
    ];
    const { code, stderr } = await runTool(ctx, tool, [...args, ...chunk], { cwd, env: toolEnvironment });
    if (code !== 0) throw brokenScan(code, stderr);
    secrets.push(...parseDetectSecrets(await readReport(copy, "detect-secrets"), new Set(paths)));
  }
  return secrets;
}

/** It complains about settings and arguments in words of its own; all else that ends it is a traceback. */
function brokenScan(code: number, stderr: string): Breakage {
  const complaints = stderr.match(/^(?:error: |\[\w+\]\tERROR\t).+$/gm) ?? [];
  return new Breakage(code === 2 || complaints.length > 0 ? "tool-config" : "tool-crash", {
    message: `detect-secrets ended with exit code ${code}`,
    why: lastWords(complaints.length > 0 ? complaints.join("\n") : stderr),
  });
}

function plantedSettings(settings: ScanSettings): ScanSettings {
  const filters = settings.filters_used ?? defaultFileFilters;
  return {
    version: settings.version,
    plugins_used: [{ name: "AWSKeyDetector" }],
    filters_used: filters.filter((filter) => fileFilters.some((path) => path === filter["path"])),
  };
}

async function writePlanted(folder: string, files: readonly TextFile[]): Promise<void> {
  await mkdir(folder);
  for (const { path } of files) await write(join(folder, path), `${planted}\n`);
}

/** The tool reads UTF-8 and silently passes over everything else, so it gets a copy in UTF-8. */
async function writeDecoded(root: string, folder: string, paths: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const path of paths) await write(join(folder, path), (await readText(root, path))?.text ?? "");
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function refusals(baseline: Baseline | undefined): readonly string[] {
  if (baseline === undefined || baseline.refused.length === 0) return [];
  return [`custom detectors and filters of ${baseline.path} were not run: ${baseline.refused.join(", ")}`];
}

function leftOut(paths: readonly string[]): readonly string[] {
  return paths.length === 0
    ? []
    : [`${paths.length} files are left out by detect-secrets' file filters: ${paths.join(", ")}`];
}
