import {
  defineGate,
  definePlugin,
  type GateContext,
  type PluginApi,
  type PluginFactory,
  type Threshold,
  type ToolInfo,
} from "@towpath/core";
import { checkMany, checkOne, type RuffCheck } from "./check.ts";
import { configNames } from "./config-files.ts";
import { distantConfigs } from "./distant-config.ts";
import { chooseEngine, ruffRequest } from "./engine.ts";
import { fix } from "./fix.ts";
import { options, type RuffUserOptions } from "./options.ts";
import { embeddedManifest, embeddedRuff } from "./wasm/embedded-ruff.ts";

export type { RuffOptions, RuffUserOptions } from "./options.ts";

/**
 * Gates `lint` and `format` on ruff, the program or its embedded WebAssembly build.
 * @example export default defineConfig({ plugins: [ruff({ lint: { maxIssues: 5 } })] });
 */
const ruff: PluginFactory<RuffUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-ruff",
  options,
  setup(api, resolved) {
    const issues = { unit: "issues", operator: "<=" } as const;
    register(api, "lint", "TP3101", {
      command: "check",
      options: resolved,
      threshold: {
        ...issues,
        name: "lint issues",
        threshold: resolved.lint.maxIssues,
        source: api.origin(["lint", "maxIssues"]),
      },
    });
    register(api, "format", "TP3102", {
      command: "format",
      options: resolved,
      threshold: { ...issues, name: "format issues", threshold: 0, source: api.origin(["format"]) },
    });
  },
});
export default ruff;

function register(api: PluginApi, name: string, code: string, check: RuffCheck): void {
  const thresholds: readonly Threshold[] = [check.threshold];
  const tool = async (ctx: GateContext): Promise<ToolInfo> =>
    (await chooseEngine(ctx, check.command, check.options))?.info ?? embeddedRuff();
  api.gate(
    defineGate({
      name,
      category: "code-quality",
      stages: ["refactoring", "staging"],
      code,
      executesCode: false,
      cost: "light",
      configFiles: configNames,
      // Which imports are the project's own, and what a nested configuration extends, is said by other files.
      followsImports: true,
      thresholds: () => thresholds,
      probe: tool,
      environment: async (ctx) => {
        const { engine } = check.options;
        const program = { ...ruffRequest(check.command, check.options), optional: engine === "auto" };
        return {
          tools: engine === "wasm" ? [] : [program],
          files: [...(await distantConfigs(ctx)), ...(engine === "native" ? [] : [embeddedManifest()])],
        };
      },
      check: (ctx) => checkOne(ctx, check),
      checkMany: (contexts) => checkMany(contexts, check),
      fix: (ctx) => fix(ctx, check),
    }),
  );
}
