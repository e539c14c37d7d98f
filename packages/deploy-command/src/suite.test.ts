import { fileURLToPath } from "node:url";
import { deployerSuite, type DeployerTarget } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { bench } from "../test/bench.ts";
import { fakeTarget, type FakeTargetState } from "../test/fake-target.ts";
import { suiteDeployer } from "../test/suite-deployer.ts";

async function target(): Promise<DeployerTarget> {
  const at = await bench();
  const program = await fakeTarget(at);
  return {
    root: at.root,
    env: at.env,
    deployer: suiteDeployer,
    release: async (name, kind) => {
      const digest = await at.artifact(`${kind} ${name}`);
      return (await at.context({ digest, key: "" })).release;
    },
    runs: async () => (await program.state<FakeTargetState>()).holds.digest,
    contents: () => program.state(),
    async harm() {
      const { holds } = await program.state<FakeTargetState>();
      await program.change({ holds: { ...holds, health: "unhealthy" } });
    },
    child: [fileURLToPath(new URL("../test/suite-child.ts", import.meta.url))],
    remove: () => at.project.remove(),
  };
}

deployerSuite({ describe, it, expect }, { name: "command", target });
