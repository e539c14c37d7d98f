import { createKernel } from "@towpath/core";
import { describe, expect, it } from "vitest";
import agentAcp, { type AgentAcpUserOptions } from "./index.ts";
import { presets } from "./presets.ts";

async function agentWith(
  options: unknown,
): Promise<{ name: string; maxRounds: number; contextTokens: number } | undefined> {
  const kernel = createKernel({ now: () => 0 });
  await kernel.use(agentAcp(options as AgentAcpUserOptions));
  kernel.seal();
  const agent = kernel.agent()?.agent;
  await kernel.close();
  return agent && { name: agent.name, maxRounds: agent.maxRounds, contextTokens: agent.contextTokens };
}

describe("options", () => {
  it.each([
    [{ agent: "none" }, undefined],
    [{ agent: "claude" }, { name: "claude", maxRounds: 5, contextTokens: 4000 }],
    [
      { agent: { acp: ["/opt/agent", "--acp"] }, maxRounds: 2 },
      { name: "agent", maxRounds: 2, contextTokens: 4000 },
    ],
    [
      { agent: { command: ["make-it"] }, contextTokens: 9 },
      { name: "make-it", maxRounds: 5, contextTokens: 9 },
    ],
    [
      { agent: { command: ["node", "/opt/tools/do-it.mjs"] } },
      { name: "do-it", maxRounds: 5, contextTokens: 4000 },
    ],
    [{ agent: { command: ["node", "--eval", "1"] } }, { name: "node", maxRounds: 5, contextTokens: 4000 }],
  ])("%j", async (options, agent) => {
    expect(await agentWith(options)).toEqual(agent);
  });

  it.each([
    undefined,
    {},
    { agent: "clod" },
    { agent: { acp: [] } },
    { agent: { acp: ["a"], command: ["b"] } },
    { agent: { command: ["a\0b"] } },
    { agent: "none", maxRounds: 0 },
    { agent: "none", timeoutMs: 0 },
    { agent: "none", maxCost: 0 },
    { agent: "none", env: ["A=B"] },
    { agent: "none", terminals: ["./run"] },
    { agent: "none", terminal: ["ls"] },
  ])("refuses %j", async (options) => {
    await expect(agentWith(options)).rejects.toMatchObject({ isTowpathError: true });
  });

  it("no known agent is started by something that would install it", () => {
    for (const { argv } of Object.values(presets))
      expect(argv[0]).not.toMatch(/npx|npm|pnpm|uvx|pipx|docker/);
  });
});
