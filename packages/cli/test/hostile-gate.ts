import { project, type Project } from "@towpath/testkit";

/** What a tool might say to take over the log of a CI. */
export const hostileMessages: readonly string[] = [
  "first line\n::error file=x::planted\n::set-output name=status::passed",
  "##[set-output name=status;]passed",
  "::add-mask::a\n  ::stop-commands::planted",
  "\u001b[2J\u001b]0;title\u0007 \u202e reversed",
  "]]> --> | `tick` ``` @team #1 https://evil.example <img src=x onerror=alert(1)>",
  "$(touch pwned) `touch pwned` %0A::error::x",
];

/** A project with one gate, `hostile`, that fails with `count` findings whose messages are hostile. */
export function hostileProject(count: number, setup = "", folder = ""): Promise<Project> {
  const plugin = `const messages = ${JSON.stringify(hostileMessages)};
    const plugin = () => ({ name: "own", api: 1, validate: async () => ({ ok: true }), setup(api) {
      api.gate({ name: "hostile", category: "code-quality", stages: ["refactoring"], code: "X1", executesCode: false,
        async check(ctx) {
          ctx.log(messages[0]);
          ${setup};
          const findings = Array.from({ length: ${count} }, (_, at) => ({
            fingerprint: "f" + at, tool: "t", rule: "R" + (at % 7), level: at % 2 === 0 ? "error" : "warning",
            message: messages[at % messages.length] + " " + at, file: "src/foo/a.py",
            range: { startLine: at + 1, startColumn: 1, endLine: at + 1, endColumn: 2 } }));
          return { candidates: 1, checked: 1, findings, tool: { name: "t", version: "1", via: "x" },
            measurements: [{ name: "m", unit: "u", operator: "<=", threshold: 0, source: "s", value: ${count} }] };
        } });
    } });
    plugin.pluginName = "own";
    export default plugin;`;
  return project({
    [`${folder}src/foo/a.py`]: "a = 1\n",
    [`${folder}own.mjs`]: plugin,
    [`${folder}towpath.config.yaml`]: "plugins: [./own.mjs]\ncomponents: {foo: {source: [src/foo]}}\n",
  });
}
