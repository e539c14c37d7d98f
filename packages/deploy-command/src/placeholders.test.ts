import { createExec } from "@towpath/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeholders, placeholdersIn, substitute } from "./placeholders.ts";

/** What an argument can hold at all: anything but a NUL. */
const text = fc.string({ unit: "binary" }).filter((one) => !one.includes("\0") && one.isWellFormed());
const values = fc.record(Object.fromEntries(placeholders.map((name) => [name, text])));

describe("substitute", () => {
  it("keeps each argument one argument, whatever the values hold", () => {
    fc.assert(
      fc.property(values, fc.array(fc.constantFrom(...placeholders)), (given, names) => {
        const argv = names.map((name) => `--x={${name}};`);
        expect(substitute(argv, given)).toEqual(names.map((name) => `--x=${given[name] ?? ""};`));
      }),
    );
  });

  it("does not look for placeholders in values", () => {
    expect(substitute(["{file}"], { file: "{digest}", digest: "d" })).toEqual(["{digest}"]);
  });

  it("leaves what has no value, and what is no placeholder", () => {
    expect(substitute(["{key} {{json .}} ${HOME} {}"], {})).toEqual(["{key} {{json .}} ${HOME} {}"]);
  });

  it("does not take names of every object for values", () => {
    expect(substitute(["{constructor}{toString}"], {})).toEqual(["{constructor}{toString}"]);
  });

  it("reaches a process byte for byte", async () => {
    const exec = createExec({ root: process.cwd(), runId: "run-1", env: { PATH: process.env["PATH"] } });
    const script = "process.stdout.write(Buffer.from(JSON.stringify(process.argv.slice(1))).toString('hex'))";
    await fc.assert(
      fc.asyncProperty(text, text, async (digest, previous) => {
        const args = ["-e", script, "--", ...substitute(["{digest}", "a{previous}b"], { digest, previous })];
        const { stdout } = await exec({ command: process.execPath, args });
        expect(Buffer.from(stdout, "hex").toString()).toBe(JSON.stringify([digest, `a${previous}b`]));
      }),
      { numRuns: 12 },
    );
  });
});

it("finds the placeholders of a text", () => {
  expect(placeholdersIn("{digest}-{Digest}-{ key }-{key}")).toEqual(["digest", "Digest", "key"]);
});
