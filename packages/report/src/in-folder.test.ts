import { describe, expect, it } from "vitest";
import { errored, failing, finding, runOf } from "../test/sample.ts";
import { inFolder } from "./in-folder.ts";
import { problemsOf } from "./problems.ts";

describe("inFolder", () => {
  const report = runOf([failing([finding()]), failing([], { gate: "coverage" }), errored({ gate: "tests" })]);
  const files = (folder: string): readonly string[] =>
    problemsOf(inFolder(report, folder)).map(({ place }) => place.file);

  it("leads every path from the folder above", () => {
    expect(files("services/a").toSorted()).toEqual([
      "services/a/src/foo/a.py",
      "services/a/towpath.config.yaml",
      "services/a/towpath.config.yaml",
    ]);
  });

  it("changes nothing where the folders are the same", () => {
    expect(inFolder(report, "")).toBe(report);
  });

  it("brings no path that leads out of the repository back into it", () => {
    const out = runOf([
      failing([finding({ file: "/etc/passwd" }), finding({ file: "../x", fingerprint: "2" })]),
    ]);
    expect(problemsOf(inFolder(out, "a")).map(({ located }) => located)).toEqual([false, false]);
  });
});
