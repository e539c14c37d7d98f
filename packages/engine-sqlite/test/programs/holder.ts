/** Locks `cart`, forgets the hold, starts a child that outlives it, and says `locked <pid of the child>`. */
import { spawn } from "node:child_process";
import { lockComponent } from "../../src/index.ts";

const [root = ""] = process.argv.slice(2);
const startedAt = "2026-01-01T00:00:00.000Z";

lockComponent({ root, component: "cart", owner: { run: "r1", pid: process.pid, host: "here", startedAt } });
for (let round = 0; round < 5; round += 1) {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
  stdio: "ignore",
  detached: true,
});
process.send?.(`locked ${child.pid}`);
process.on("message", () => process.send?.("alive"));
