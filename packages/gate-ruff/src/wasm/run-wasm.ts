import { createRequire } from "node:module";
import { posix } from "node:path";
import { Breakage, type GateContext, type ToolInfo } from "@towpath/core";
import { z } from "zod";
import { type Diagnostic, edits, location, toEdits, toRange } from "../diagnostics.ts";
import type { RuffCommand } from "../log.ts";
import type { RuffRun } from "../run.ts";
import { UNFORMATTED } from "../settle.ts";
import { fileSettings } from "./file-settings.ts";
import { minimalEdit } from "./minimal-edit.ts";
import { type FileAnswer, runWorker, type WorkerJob } from "./worker.ts";

const ENGINE = "@astral-sh/ruff-wasm-nodejs";

const FIDELITY =
  "ruff's embedded engine ran: it checks each file by itself, so rules about packages and file names (INP001, N999, " +
  "F401 in __init__.py) and configuration above the repository are not as in the native program";

/**
 * Runs the embedded engine over files. It needs no Python and no installed ruff.
 * @param files candidates, relative to the repository root
 * @param engine absolute path of the engine's module
 * @throws {Breakage} tool-missing, tool-config, tool-crash, parse, timeout or cancelled
 */
export async function runWasm(
  ctx: GateContext,
  command: RuffCommand,
  files: readonly string[],
  engine: string = findEngine(),
): Promise<RuffRun> {
  const { root } = ctx.workspace;
  const readable = files.filter((file) => file.endsWith(".py"));
  const plan = await planJobs(root, command, readable);
  const answer = await runWorker({ engine, command, jobs: plan.jobs }, ctx.signal);
  if (answer.kind === "rejected") {
    throw new Breakage("tool-config", { message: "ruff rejected its configuration", why: answer.reason });
  }

  const relative = (path: string): string => posix.relative(root, path);
  const unreadable = answer.files.flatMap((file) =>
    file.kind === "unreadable" ? [{ file: relative(file.path), reason: file.reason }] : [],
  );
  const broken = new Set(unreadable.map(({ file }) => file));
  const tool: ToolInfo = { name: "ruff", version: answer.version, engine: "wasm", via: "embedded" };
  return {
    tool,
    checked: new Set(answer.files.map(({ path }) => relative(path)).filter((file) => !broken.has(file))),
    diagnostics: answer.files.flatMap((file) => readAnswer(file, relative(file.path))),
    unreadable,
    unsupported: new Set(files).difference(new Set(readable)),
    unconfigured: plan.unconfigured,
    notes: [FIDELITY],
    warnings: [],
  };
}

/** One job per distinct set of options. */
async function planJobs(
  root: string,
  command: RuffCommand,
  files: readonly string[],
): Promise<{ jobs: readonly WorkerJob[]; unconfigured: ReadonlySet<string> }> {
  const settingsOf = fileSettings(root);
  const jobs = new Map<string, { options: object; files: string[] }>();
  const unconfigured = new Set<string>();
  for (const file of files) {
    const settings = await settingsOf(command, file);
    if (settings.excluded) continue;
    if (settings.unconfigured) unconfigured.add(file);
    const key = JSON.stringify(settings.options);
    const job = jobs.get(key) ?? { options: settings.options, files: [] };
    job.files.push(posix.join(root, file));
    jobs.set(key, job);
  }
  return { jobs: [...jobs.values()], unconfigured };
}

function findEngine(): string {
  try {
    return createRequire(import.meta.url).resolve(ENGINE);
  } catch (cause) {
    throw new Breakage("tool-missing", {
      message: "neither ruff nor its embedded engine was found",
      fix: ["pip install ruff", `npm install --save-dev ${ENGINE}`],
      cause,
    });
  }
}

const engineDiagnostics = z.array(
  z.object({
    code: z.string().min(1),
    message: z.string(),
    start_location: location,
    end_location: location,
    fix: z.object({ message: z.string().nullable(), edits }).nullable(),
  }),
);

function readAnswer(answer: FileAnswer, file: string): readonly Diagnostic[] {
  if (answer.kind === "unreadable") return [];
  if (answer.kind === "crashed") {
    throw new Breakage("tool-crash", {
      message: `the embedded ruff broke off in ${file}`,
      why: answer.reason,
    });
  }
  if (answer.kind === "formatted") {
    const edit = minimalEdit(answer.source, answer.formatted);
    const common = { rule: UNFORMATTED, message: "File would be reformatted", severity: "error" } as const;
    const fix = { applicability: "safe", message: undefined, edits: edit ? [edit] : [] } as const;
    return [{ ...common, file, cell: undefined, range: edit?.range, fix, url: undefined }];
  }
  const parsed = engineDiagnostics.safeParse(answer.diagnostics);
  if (!parsed.success) {
    throw new Breakage("parse", {
      message: `the embedded ruff's answer for ${file} is not understood`,
      why: parsed.error.message,
    });
  }
  return parsed.data.map((entry) => ({
    rule: entry.code,
    message: entry.message,
    severity: "error",
    file,
    cell: undefined,
    range: toRange(entry.start_location, entry.end_location),
    // The engine does not say which fixes are safe, so none is taken for safe.
    fix: entry.fix
      ? { applicability: "unsafe", message: entry.fix.message ?? undefined, edits: toEdits(entry.fix.edits) }
      : undefined,
    url: undefined,
  }));
}
