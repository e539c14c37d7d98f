import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { project, type Project } from "@towpath/testkit";

/** One effect in the world of `voyage`. */
export interface Effect {
  readonly environment: string;
  readonly action: "apply" | "rollback";
  readonly key: string;
  readonly digest: string;
}

/** Code of the gates, run at the stage of the same name; `fs`, `path` and `ctx` are at hand. */
export interface VoyageCode {
  readonly specification?: string;
  readonly implementation?: string;
  readonly testing?: string;
  readonly refactoring?: string;
  readonly staging?: string;
  readonly production?: string;
  /** In `apply`, before its effect. */
  readonly apply?: string;
  /** In the builder. */
  readonly build?: string;
  /** Registers more with `api`. */
  readonly setup?: string;
}

const stages = [
  "specification",
  "implementation",
  "testing",
  "refactoring",
  "staging",
  "production",
] as const;

const evidence = `{ candidates: 1, checked: 1, findings: [], tool: { name: "t", version: "1", via: "x" },
  measurements: [{ name: "m", unit: "u", operator: "<=", threshold: 0, source: "s", value: 0 }] }`;

/** The plugin `own`: a gate at each stage, a builder, and deployers to a world that is one file. */
export function voyagePlugin(code: VoyageCode = {}): string {
  const gates = stages.map(
    (stage) => `api.gate({ name: "at-${stage}", category: "code-quality", stages: ["${stage}"], code: "X1",
      executesCode: false, async check(ctx) { ${code[stage] ?? ""}; return evidence; } });`,
  );
  return `import fs from "node:fs"; import path from "node:path";
    const evidence = ${evidence};
    const ledger = (ctx) => path.join(ctx.root, "world.jsonl");
    const lines = (ctx) => fs.existsSync(ledger(ctx))
      ? fs.readFileSync(ledger(ctx), "utf8").split("\\n").filter(Boolean).map((line) => JSON.parse(line))
        .filter((line) => line.environment === ctx.environment) : [];
    const write = (ctx, action) => fs.appendFileSync(ledger(ctx),
      JSON.stringify({ environment: ctx.environment, action, key: ctx.key, digest: ctx.release.digest }) + "\\n");
    const deployer = {
      name: "world", reversible: true,
      plan: async () => [],
      status: async (ctx) => ({ current: lines(ctx).at(-1)?.digest, verified: [], rejected: [] }),
      probe: async (ctx, action) => lines(ctx).some((line) => line.key === ctx.key && line.action === action)
        ? { state: "applied", result: action === "apply" ? { state: "deployed" } : { current: undefined } }
        : { state: "absent" },
      async apply(ctx) { ${code.apply ?? ""}; write(ctx, "apply"); return { state: "deployed", url: "http://127.0.0.1:1" }; },
      verify: async () => ({ healthy: true, detail: "well" }),
      confirm: async () => undefined,
      async rollback(ctx) { write(ctx, "rollback"); return { current: undefined }; },
    };
    const plugin = () => ({ name: "own", api: 1, validate: async () => ({ ok: true }), setup(api) {
      ${gates.join("\n")}
      api.builder({ name: "file", async build(ctx) {
        ${code.build ?? ""};
        const file = path.join(ctx.outDir, "release.txt");
        fs.writeFileSync(file, "a release");
        return file;
      } });
      api.deployer("staging", deployer);
      api.deployer("production", deployer);
      ${code.setup ?? ""};
    } });
    plugin.pluginName = "own";
    export default plugin;`;
}

/** A project that goes through six stages in no time. @param more lines of the configuration */
export function voyage(
  code: VoyageCode = {},
  more = "",
  files: Readonly<Record<string, string>> = {},
): Promise<Project> {
  return project({
    "src/foo/a.py": "a = 1\n",
    "own.mjs": voyagePlugin(code),
    "towpath.config.yaml": `plugins: [./own.mjs${more === "" ? "" : `, ${more}`}]\ncomponents: {foo: {source: [src/foo]}}\n`,
    ...files,
  });
}

/** What was really done. */
export async function effects(root: string): Promise<readonly Effect[]> {
  const text = await readFile(join(root, "world.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Effect);
}
