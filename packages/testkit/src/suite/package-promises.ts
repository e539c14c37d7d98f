import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Plugin } from "@towpath/core";
import { manifestOf } from "./manifest.ts";
import { importProgram } from "./import-program.ts";
import { promiseLimitMs, type TestRunner } from "./test-runner.ts";

/** What a package exports as its default: the argument is none of the suite's business. */
export interface AnyPluginFactory {
  // Every function of one argument fits, whatever options it takes.
  (options: never): Plugin;
  readonly pluginName: string;
}

/** Promises of the package, whatever gates it has. */
export function packagePromises({ it, expect }: TestRunner, from: string, factory: AnyPluginFactory): void {
  it("is named as its package, and has core as a peer", async () => {
    const { name, peers } = await manifestOf(from);
    expect(factory.pluginName).toBe(name);
    expect(factory(undefined as never).name).toBe(name);
    expect(
      peers.includes("@towpath/core"),
      "core must be a peer dependency: two copies would not know each other",
    ).toBe(true);
  });

  it("refuses options that it does not know", async () => {
    // On purpose no valid options.
    const checked = await factory({ optionThatNobodyKnows: true } as never).validate();
    expect(checked.ok).toBe(false);
  });

  it(
    "does nothing when it is imported",
    async () => {
      const { entry } = await manifestOf(from);
      const args = [
        "--disable-warning=ExperimentalWarning",
        "--input-type=module",
        "-e",
        importProgram(entry),
      ];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual([]);
    },
    promiseLimitMs,
  );
}
