import {
  Breakage,
  defineGate,
  definePlugin,
  type Evidence,
  type Finding,
  type Gate,
  type GateContext,
  type PluginFactory,
} from "@towpath/core";
import {
  candidates,
  findTool,
  parseReport,
  runTool,
  toolPath,
  withFingerprints,
  type Tool,
  type ToolRequest,
  type ToolRun,
} from "@towpath/kit";
import { z } from "zod";
import { fakeTool, project } from "../src/index.ts";

/** What the tool of these tests reports: the places where a line says `bad`. */
export interface Report {
  readonly checked: number;
  readonly problems: readonly { readonly file: string; readonly line: number }[];
}

const report: z.ZodType<Report> = z.looseObject({
  checked: z.int().min(1),
  problems: z.array(z.looseObject({ file: z.string(), line: z.int().min(1) })),
});

/** The parts of the gate, so that a test can put a bad one in place of a good one. */
export interface Parts {
  readonly files: (ctx: GateContext) => Promise<readonly string[]>;
  readonly run: (ctx: GateContext, tool: Tool, files: readonly string[]) => Promise<ToolRun>;
  readonly judge: (run: ToolRun) => Report;
  readonly identify: (
    root: string,
    drafts: readonly Omit<Finding, "fingerprint">[],
  ) => Promise<readonly Finding[]>;
  readonly finish: (evidence: Evidence, ctx: GateContext) => Evidence | Promise<Evidence>;
  readonly options: z.ZodType<object, object | undefined>;
  /** @default none: it is asked each time */
  readonly environment?: NonNullable<Gate["environment"]>;
  readonly subject?: NonNullable<Gate["subject"]>;
}

/** How the tool is found. */
export const acmeTool: ToolRequest = { name: "acme", install: "npm install acme" };

/** The parts of a gate that keeps all promises. */
export const good: Parts = {
  files: (ctx) => candidates(ctx, { of: "source", suffixes: [".txt"] }),
  run: (ctx, tool, files) => runTool(ctx, tool, files.map(toolPath)),
  judge({ code, stdout, stderr }) {
    if (code !== 0 && code !== 1)
      throw new Breakage("tool-crash", { message: `acme ended with ${code}`, why: stderr });
    const read = parseReport(report, stdout, "acme's report");
    if ((code === 1) === read.problems.length > 0) return read;
    throw new Breakage("mismatch", {
      message: `acme ended with ${code} and ${read.problems.length} problems`,
    });
  },
  identify: withFingerprints,
  finish: (evidence) => evidence,
  options: z.strictObject({}).prefault({}),
};

/** A plugin with one gate, `acme`, made of the given parts. */
export function acme(changed: Partial<Parts> = {}, executesCode = false): PluginFactory<object | undefined> {
  const parts: Parts = { ...good, ...changed };
  const { environment, subject } = parts;
  return definePlugin({
    name: "@acme/towpath-gate-acme",
    options: parts.options,
    setup(api) {
      const source = api.origin([]);
      api.gate(
        defineGate({
          name: "acme",
          category: "code-quality",
          code: "ACME1",
          stages: ["refactoring"],
          executesCode,
          ...(environment === undefined ? {} : { environment }),
          ...(subject === undefined ? {} : { subject }),
          check: (ctx) => check(ctx, parts, source),
        }),
      );
    },
  });
}

async function check(ctx: GateContext, parts: Parts, source: string): Promise<Evidence> {
  const files = await parts.files(ctx);
  const tool = await findTool(ctx, acmeTool);
  const { checked, problems } = parts.judge(await parts.run(ctx, tool, files));
  const drafts = problems.map(({ file, line }) => ({
    tool: "acme",
    rule: "bad",
    level: "error" as const,
    message: "bad",
    file,
    range: { startLine: line, startColumn: 1, endLine: line, endColumn: 1 },
  }));
  const evidence: Evidence = {
    candidates: files.length,
    checked,
    findings: await parts.identify(ctx.workspace.root, drafts),
    measurements: [
      { name: "problems", value: problems.length, unit: "problems", operator: "<=", threshold: 0, source },
    ],
    tool: tool.info,
  };
  return parts.finish(evidence, ctx);
}

const script = `
  const { readFileSync } = require("node:fs");
  const problems = args.flatMap((file) => readFileSync(file, "utf8").split("\\n")
    .flatMap((text, index) => (text.includes("bad") ? [{ file: file.slice(2), line: index + 1 }] : [])));
  process.stdout.write(JSON.stringify({ checked: args.length, problems }));
  process.exitCode = problems.length > 0 ? 1 : 0;
`;

let installed: Promise<string> | undefined;

/** The environment in which the tool is found. */
export async function acmeEnv(): Promise<Readonly<Record<string, string>>> {
  installed ??= project({}).then(({ root }) => fakeTool(root, "acme", { version: "acme 1.2.3", script }));
  return { TOWPATH_ACME: await installed };
}
