import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { targetOptions } from "../test/host.ts";
import { fill, launchOf } from "./launch.ts";
import { unitFile } from "./systemd-supervisor.ts";

const record = { key: "k", run: "r", epoch: 1, digest: "d".repeat(64), at: "", rollbacks: [] };

describe("how a service is started", () => {
  it("fills in the release, and hands it over as a variable that nobody can replace", () => {
    const options = targetOptions({
      run: ["{python}", "--port={port}", "{release}", "{folder}/shared", "{port}{port}"],
      port: 8101,
      env: { COLOUR: "green" },
      passEnv: ["TOKEN"],
    });
    const env = { PATH: "/bin", TOKEN: "t", OTHER: "o", TOWPATH_RELEASE: "old" };
    const launch = launchOf({ env }, options, "/srv/foo", { path: "/srv/foo/releases/a", record }, 9);
    expect(launch).toEqual({
      program: "/srv/foo/releases/a/.venv/bin/python",
      args: ["--port=9", record.digest, "/srv/foo/shared", "99"],
      cwd: "/srv/foo/releases/a",
      env: { PATH: "/bin", TOKEN: "t", COLOUR: "green", TOWPATH_RELEASE: record.digest },
      log: "/srv/foo/releases/a/service.log",
    });
  });

  it("takes what is filled in as it is, also when it looks like a placeholder", () => {
    fc.assert(
      fc.property(fc.string(), (folder) => {
        expect(fill("a{folder}b{other}", { folder })).toBe(`a${folder}b{other}`);
      }),
    );
  });

  it("reaches systemd word for word, whatever signs the words hold", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const launch = { program: "/p", args: words, cwd: "/", env: {}, log: "/log" };
        const lines = unitFile("foo", launch, 1, true).split(/[\n\r]/);
        const line = lines.find((one) => one.startsWith("ExecStart=")) ?? "";
        expect(wordsOf(line.slice("ExecStart=".length))).toEqual(["/p", ...words]);
      }),
    );
  });
});

/** Reads a command line as systemd does: quoted words with escapes, `%%` for `%` and `$$` for `$`. */
function wordsOf(line: string): readonly string[] {
  const signs: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner = ""]) =>
    inner.replaceAll(/\\(.)|%%|\$\$/gs, (whole, escaped: string | undefined) =>
      escaped === undefined ? whole.slice(1) : (signs[escaped] ?? escaped),
    ),
  );
}
