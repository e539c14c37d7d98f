import { appendFile, readFile, realpath, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { RunReport } from "@towpath/core";
import { createExec, createRedactor, sanitize } from "@towpath/kit";
import {
  command,
  gatesJson,
  githubAnnotations,
  githubOutputs,
  inFolder,
  markdownSummary,
  outcomeOf,
  type ChangedLines,
} from "@towpath/report";
import { cleanStrings } from "../clean-strings.ts";
import { changedLines } from "./changed-lines.ts";
import type { ReportFiles } from "./reporter.ts";

/** What GitHub Actions is told with. */
export interface GithubParts {
  readonly files: ReportFiles;
  /** Absolute repository root. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Prints a line. */
  say(line: string): void;
}

/**
 * Tells GitHub Actions what a run came to: annotations, the job's summary, the step's outputs. What cannot be told is a
 * warning; the verdict stays.
 */
export async function reportToGithub(untrusted: RunReport, parts: GithubParts): Promise<void> {
  const { env, say } = parts;
  const report = cleanStrings(untrusted);
  const folder = await folderInWorkspace(parts);
  const lines = await linesOfChange(parts, folder);
  for (const line of githubAnnotations(inFolder(report, folder), { ...annotationLimit(env), changed: lines }))
    say(line);
  await told("the job summary", say, async () => {
    const path = env["GITHUB_STEP_SUMMARY"];
    if (path) await appendFile(path, `${markdownSummary(report, await sizeOf(path))}\n`);
  });
  await told("the outputs of the step", say, async () => {
    const path = env["GITHUB_OUTPUT"];
    if (path) await appendFile(path, githubOutputs(outputsOf(report, parts), randomUUID));
  });
}

function outputsOf(report: RunReport, { files, env }: GithubParts): Readonly<Record<string, string>> {
  return {
    status: outcomeOf(report),
    "exit-code": String(report.exit),
    "run-id": report.run,
    "report-path": fromWorkspace(files.report, env),
    "result-path": fromWorkspace(files.result, env),
    "gates-json": gatesJson(report),
  };
}

/** What a later step can open, wherever this one worked. */
function fromWorkspace(path: string | undefined, env: NodeJS.ProcessEnv): string {
  if (path === undefined) return "";
  const absolute = resolve(path);
  const inside = relative(env["GITHUB_WORKSPACE"] ?? process.cwd(), absolute);
  return inside.startsWith("..") || isAbsolute(inside) ? absolute : inside;
}

/** Annotations name files from the root of the checkout, which the configuration may lie below. */
async function folderInWorkspace({ root, env }: GithubParts): Promise<string> {
  const workspace = env["GITHUB_WORKSPACE"];
  if (!workspace) return "";
  const folder = relative(await realpath(workspace).catch(() => workspace), root);
  return folder.startsWith("..") || isAbsolute(folder) ? "" : folder.split(sep).join("/");
}

/** Which lines the pull request changed, as far as the checkout can tell; they only decide what is shown first. */
async function linesOfChange({ root, env }: GithubParts, folder: string): Promise<ChangedLines> {
  const base = await baseOf(env);
  if (base === undefined) return new Map();
  const { redact } = createRedactor(env);
  const exec = createExec({ root, runId: "report", env, redact });
  return changedLines({ root, base, folder, exec });
}

/** The commit that a pull request is held against. */
async function baseOf(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = env["GITHUB_EVENT_PATH"];
  if (!path) return undefined;
  try {
    const event: unknown = JSON.parse(await readFile(path, "utf8"));
    const sha = text(event, "pull_request", "base", "sha");
    return sha !== undefined && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
  } catch {
    // Without the event nobody knows what was changed, and nothing is shown first.
    return undefined;
  }
}

function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (part, key) =>
      typeof part === "object" && part !== null
        ? Object.getOwnPropertyDescriptor(part, key)?.value
        : undefined,
    value,
  );
  return typeof found === "string" ? found : undefined;
}

function annotationLimit(env: NodeJS.ProcessEnv): { readonly max?: number } {
  const asked = env["TOWPATH_ANNOTATIONS"] ?? "";
  return /^\d{1,3}$/.test(asked) ? { max: Number(asked) } : {};
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

async function told(what: string, say: (line: string) => void, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    const why = sanitize(error instanceof Error ? error.message : String(error));
    say(command("warning", { title: "Towpath" }, `${what} could not be written: ${why}`));
  }
}
