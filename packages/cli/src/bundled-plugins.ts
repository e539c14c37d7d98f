import manifest from "../package.json" with { type: "json" };

const { version } = manifest;

/** Plugins that come with the CLI, loaded when a configuration names them. */
export const bundledPlugins: ReadonlyMap<string, { readonly version: string; load(): Promise<unknown> }> =
  new Map([
    ["@towpath/gate-spec", { version, load: () => import("@towpath/gate-spec") }],
    ["@towpath/gate-ruff", { version, load: () => import("@towpath/gate-ruff") }],
    ["@towpath/gate-pyright", { version, load: () => import("@towpath/gate-pyright") }],
    ["@towpath/gate-coverage", { version, load: () => import("@towpath/gate-coverage") }],
    ["@towpath/gate-security", { version, load: () => import("@towpath/gate-security") }],
    ["@towpath/gate-complexity", { version, load: () => import("@towpath/gate-complexity") }],
    ["@towpath/gate-docs", { version, load: () => import("@towpath/gate-docs") }],
    ["@towpath/gate-uptime", { version, load: () => import("@towpath/gate-uptime") }],
    ["@towpath/gate-operations", { version, load: () => import("@towpath/gate-operations") }],
    ["@towpath/gate-performance", { version, load: () => import("@towpath/gate-performance") }],
    ["@towpath/testgen-pytest", { version, load: () => import("@towpath/testgen-pytest") }],
    ["@towpath/agent-acp", { version, load: () => import("@towpath/agent-acp") }],
    ["@towpath/retriever-local", { version, load: () => import("@towpath/retriever-local") }],
    ["@towpath/retriever-mcp", { version, load: () => import("@towpath/retriever-mcp") }],
    ["@towpath/sink-metrics", { version, load: () => import("@towpath/sink-metrics") }],
    ["@towpath/sink-otel", { version, load: () => import("@towpath/sink-otel") }],
    ["@towpath/sink-webhook", { version, load: () => import("@towpath/sink-webhook") }],
    ["@towpath/store-file", { version, load: () => import("@towpath/store-file") }],
    ["@towpath/deploy-release", { version, load: () => import("@towpath/deploy-release") }],
    ["@towpath/deploy-command", { version, load: () => import("@towpath/deploy-command") }],
  ]);
