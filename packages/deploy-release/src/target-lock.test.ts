import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { TargetFolder } from "./target-folder.ts";
import { withLock } from "./target-lock.ts";

describe("the lock of a target", () => {
  it("is held by one deploy, and names it to the others", async () => {
    const target = new TargetFolder(join((await project({})).root, "target"));
    const inner = withLock(target, "run-1", () => withLock(target, "run-2", async () => "both"));
    await expect(inner).rejects.toMatchObject({
      kind: "environment",
      message: expect.stringMatching(/TP5008.*run-1, process \d+/) as unknown,
    });
    expect(await withLock(target, "run-3", async () => "free again")).toBe("free again");
  });

  it("keeps other processes out, and is free at once when its holder is killed", async () => {
    const target = new TargetFolder(join((await project({})).root, "target"));
    const from = (name: string): string =>
      JSON.stringify(pathToFileURL(join(import.meta.dirname, `${name}.ts`)).href);
    const program = `
      import { TargetFolder } from ${from("target-folder")};
      import { withLock } from ${from("target-lock")};
      await withLock(new TargetFolder(${JSON.stringify(target.path)}), "other", async () => {
        process.stdout.write("held");
        await new Promise((resolve) => setInterval(resolve, 2 ** 30));
      });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    await once(child.stdout, "data");
    await expect(withLock(target, "mine", async () => {})).rejects.toMatchObject({
      message: expect.stringContaining("the run other") as unknown,
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await withLock(target, "mine", async () => "mine")).toBe("mine");
  });
});
