import { createKernel } from "@towpath/core";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import uptime from "./index.ts";

it("is named as its package, and has core as a peer", () => {
  expect(uptime.pluginName).toBe(manifest.name);
  expect(Object.keys(manifest.peerDependencies)).toContain("@towpath/core");
});

it("registers one gate about the deployment, with the thresholds that it holds figures against", async () => {
  const kernel = createKernel();
  await kernel.use(uptime());
  const gate = kernel.gates.get("uptime")?.gate;
  expect(gate).toMatchObject({
    category: "operations",
    code: "TP5201",
    stages: ["production"],
    subject: "deployment",
    executesCode: false,
    cost: "light",
  });
  expect(gate?.thresholds?.("production").map(({ name, threshold }) => [name, threshold])).toEqual([
    ["uptime", 99.5],
    ["coverage by probes", 99.5],
    ["longest gap", 3_030],
    ["soak", 604_800],
  ]);
  await kernel.close();
});
