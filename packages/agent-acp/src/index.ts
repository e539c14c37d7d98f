import { definePlugin, type PluginFactory } from "@towpath/core";
import { type AgentAcpUserOptions, options } from "./options.ts";
import { workOneRound } from "./round.ts";
import { workerOf } from "./worker.ts";

export type { AgentAcpUserOptions } from "./options.ts";
export { promptFor } from "./prompt.ts";

/**
 * Lets a coding agent write the code: any that speaks the Agent Client Protocol, or a command that reads its task.
 * @example export default defineConfig({ plugins: [agentAcp({ agent: "claude", env: ["ANTHROPIC_API_KEY"] })] });
 */
const agentAcp: PluginFactory<AgentAcpUserOptions> = definePlugin({
  name: "@towpath/agent-acp",
  options,
  setup(api, checked) {
    const worker = workerOf(checked);
    if (worker === undefined) return;
    api.agent({
      name: worker.name,
      maxRounds: checked.maxRounds,
      contextTokens: checked.contextTokens,
      work: (assignment, ctx) => workOneRound(worker, checked, assignment, ctx),
    });
  },
});
export default agentAcp;
