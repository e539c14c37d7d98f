import { mkdtemp, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext, Builder } from "@towpath/core";
import { beforeEach, expect, it } from "vitest";
import { type Bench, bench, kernelWith } from "../test/bench.ts";
import { fakeTargetOptions } from "../test/fake-target.ts";
import type { DeployCommandUserOptions } from "./index.ts";

let at: Bench;
beforeEach(async () => {
  at = await bench();
  await at.program(
    "make",
    "writeFileSync(args.at(-1), args[0]); if (args[0] === 'broken') fail('no rule', 2)",
    {},
  );
});

async function builder(build: NonNullable<DeployCommandUserOptions["build"]>): Promise<Builder> {
  const kernel = await kernelWith({ build, environments: { staging: fakeTargetOptions } });
  const found = kernel.builder();
  if (found === undefined) throw new Error("no builder was registered");
  return found;
}

async function context(): Promise<BuildContext> {
  const { component, root, exec, env, clock, signal, log } = await at.context({ digest: "", key: "" });
  return { component, root, exec, env, clock, signal, log, outDir: await mkdtemp(join(root, "build-")) };
}

it("hands over what the command made below the root", async () => {
  const ctx = await context();
  const path = await (await builder({ command: ["make", "one", "app.tar"], artifact: "app.tar" })).build(ctx);
  expect(path).toBe(join(ctx.outDir, "app.tar"));
  expect(await readFile(path, "utf8")).toBe("one");
});

it("hands over what the command wrote to {artifact}", async () => {
  const ctx = await context();
  const path = await (await builder({ command: ["make", "{component}", "{artifact}"] })).build(ctx);
  expect(path.startsWith(ctx.outDir)).toBe(true);
  expect(await readFile(path, "utf8")).toBe("shop");
});

it("breaks when the command does", async () => {
  const broken = await builder({ command: ["make", "broken", "{artifact}"] });
  await expect(broken.build(await context())).rejects.toMatchObject({
    kind: "tool-crash",
    message: "make ended with code 2",
    details: { why: "no rule" },
  });
});

it("breaks when nothing was made, or no file", async () => {
  await expect(
    (await builder({ command: ["true"], artifact: "app.tar" })).build(await context()),
  ).rejects.toMatchObject({
    kind: "environment",
  });
  await expect(
    (await builder({ command: ["true"], artifact: "src" })).build(await context()),
  ).rejects.toMatchObject({
    kind: "environment",
  });
});

it("does not take a link that leads out of the repository", async () => {
  await symlink("/etc/hostname", join(at.root, "app.tar"));
  const outside = await builder({ command: ["true"], artifact: "app.tar" });
  await expect(outside.build(await context())).rejects.toMatchObject({
    message: expect.stringMatching(/leads out of the repository/),
  });
});
