import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

/** Which modules of the tokenizer a program loads. */
async function loaded(program: string): Promise<readonly string[]> {
  const watch = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { if (url.includes("gpt-tokenizer")) console.log(url); return next(url, context); } });`;
  const preload = `data:text/javascript,${encodeURIComponent(watch)}`;
  const args = ["--import", preload, "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("the tokenizer", () => {
  it("is not loaded until a session is written or counted", async () => {
    const { root } = await project({});
    const setUp = `import { createKernel } from "@towpath/core"; import storeFile from "./src/index.ts";
      const kernel = createKernel({ root: ${JSON.stringify(root)} });
      await kernel.use(storeFile()); kernel.seal(); const store = kernel.store();
      await store.list(); await store.load("foo"); await store.head({ name: "foo", source: [], tests: [] });`;
    expect(await loaded(setUp)).toEqual([]);
    expect((await loaded(`${setUp} await store.counter();`)).length).toBeGreaterThan(0);
  });
});
