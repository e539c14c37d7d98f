import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { findPython, parseReport, runTool, toRepoPath } from "@towpath/kit";
import { z } from "zod";
import { lastWords } from "./last-words.ts";
import { toolEnvironment } from "./tool-environment.ts";

/** A line of a file of requirements. */
export interface Place {
  /** POSIX path relative to the repository root. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Length in code points. */
  readonly width: number;
}

/** What is audited, and where each of its packages is named. */
export interface AuditSubject {
  /** Arguments for pip-audit. */
  readonly args: readonly string[];
  /** Where a package is pinned, by its normalised name. */
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * The files of pinned requirements that the options name, else what is installed in the component's environment.
 * Neither way runs code of a package: requirements are not resolved, installed packages are only listed.
 * @throws {Breakage} `no-input` when a file is missing, or there is no environment
 */
export async function auditSubject(
  ctx: GateContext,
  requirements: readonly string[] | undefined,
): Promise<AuditSubject> {
  return requirements === undefined ? environment(ctx) : pinned(ctx.workspace.root, requirements);
}

/** The name by which indexes know a package (https://peps.python.org/pep-0503/#normalized-names). */
export function normalizedName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

async function pinned(root: string, requirements: readonly string[]): Promise<AuditSubject> {
  const args = ["--no-deps", "--disable-pip"];
  const places = new Map<string, Place>();
  for (const requirement of requirements) {
    const file = toRepoPath(root, requirement);
    const text = await readFile(join(root, file), "utf8").catch((cause: unknown) => {
      throw new Breakage("no-input", {
        message: `the requirements ${file} cannot be read`,
        where: [file],
        cause,
      });
    });
    args.push("-r", join(root, file));
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1];
      if (name !== undefined)
        places.set(normalizedName(name), { file, line: index + 1, width: [...line].length });
    }
  }
  return { args, places };
}

const folders = z.array(z.string().min(1)).min(1);
const script =
  "import json, sysconfig; print(json.dumps(sorted({sysconfig.get_path(n) for n in ('purelib', 'platlib')})))";

async function environment(ctx: GateContext): Promise<AuditSubject> {
  const python = await findPython(ctx);
  if (python.info.via === "path") {
    throw new Breakage("no-input", {
      message: `component ${ctx.component.name} has neither an environment nor requirements to audit`,
      why: "The Python on PATH is no environment of the component; what it holds says nothing about the component.",
      fix: [
        "python -m venv .venv, and install the component's dependencies into it",
        "Or name the component's interpreter: `components: {<name>: {python: …}}`",
        "Or name files of pinned requirements: `dependencies: {requirements: [requirements.txt]}`",
      ],
    });
  }
  const { code, stdout, stderr } = await runTool(ctx, python, ["-I", "-c", script], {
    cwd: ctx.outDir,
    env: toolEnvironment,
  });
  if (code !== 0) {
    throw new Breakage("environment", {
      message: `${python.command} ended with exit code ${code}`,
      why: lastWords(stderr),
    });
  }
  const paths = parseReport(folders, stdout, "the answer of python");
  return { args: ["--skip-editable", ...paths.flatMap((path) => ["--path", path])], places: new Map() };
}
