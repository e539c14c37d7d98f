import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  findComponent,
  noRecords,
  isBreakage,
  type Component,
  type Gate,
  type GateContext,
  type ToolInfo,
  version,
} from "@towpath/core";
import { makeHost } from "../carry-out.ts";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { withProject, type Project } from "../project.ts";
import { mark, paintFor } from "../terminal.ts";

/** How one thing that a run needs stands. */
interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly detail: string;
  readonly fix?: readonly string[];
}

/** `towpath doctor`: which tools the gates would use. Exit 3 when a required gate could not run. */
export function doctor(options: GlobalOptions): Promise<number> {
  return withProject(options, (project) => examine(project, options));
}

async function examine(project: Project, options: GlobalOptions): Promise<number> {
  const findings = cleanStrings([
    { what: "towpath", ok: true, required: true, detail: version },
    { what: "node", ok: true, required: true, detail: process.versions.node },
    { what: "configuration", ok: true, required: true, detail: project.loaded.path },
    ...(await probeGates(project, options)),
  ]);
  const broken = findings.some((finding) => finding.required && !finding.ok);
  if (!printDocument(options.reporter, "doctor", { ok: !broken, findings })) {
    const paint = paintFor(options.color, process.stdout);
    for (const { what, ok, required, detail, fix = [] } of findings) {
      const sign = mark(ok ? "passed" : required ? "errored" : "warned", paint);
      process.stdout.write(`${sign} ${what.padEnd(14)} ${detail}${required ? "" : "  (optional)"}\n`);
      for (const line of fix) process.stdout.write(`    ${paint("dim", "fix")}  ${line}\n`);
    }
  }
  return broken ? 3 : 0;
}

async function probeGates(project: Project, options: GlobalOptions): Promise<readonly Finding[]> {
  const path = await mkdtemp(join(tmpdir(), "towpath-doctor-"));
  try {
    const signal = AbortSignal.timeout(60_000);
    const host = await makeHost(project.root, { id: "doctor", path }, options, signal);
    const { config, kernel, root } = project;
    const [name] = Object.keys(config.components);
    const component: Component =
      name === undefined
        ? { name: "project", source: ["."], tests: [] }
        : await findComponent(name, config, root);
    const ctx: GateContext = {
      component,
      target: "dev",
      workspace: host.workspace,
      outDir: path,
      artifacts: {
        get: () => {
          throw new TypeError("a probe has no artifacts");
        },
      },
      exec: host.exec,
      records: noRecords,
      now: Date.now,
      tree: async () => "",
      env: host.env,
      signal,
      trusted: host.trusted,
      log: () => undefined,
    };
    const gates = [...kernel.gates.values()].map(({ gate }) => gate);
    return await Promise.all(
      gates.map((gate) => probeGate(gate, ctx, config.gates[gate.name]?.required ?? true)),
    );
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function probeGate(gate: Gate, ctx: GateContext, required: boolean): Promise<Finding> {
  const base = { what: gate.name, required };
  if (!gate.probe) return { ...base, ok: true, detail: "needs no tool" };
  try {
    return { ...base, ok: true, detail: toolText(await gate.probe(ctx)) };
  } catch (error) {
    if (!isBreakage(error)) throw error;
    return { ...base, ok: false, detail: error.details.message, fix: error.details.fix ?? [] };
  }
}

function toolText(tool: ToolInfo): string {
  const engine = tool.engine === undefined || tool.engine === "native" ? "" : ` (${tool.engine})`;
  return `${tool.name} ${tool.version}${engine}, by ${tool.via}${tool.path === undefined ? "" : `: ${tool.path}`}`;
}
