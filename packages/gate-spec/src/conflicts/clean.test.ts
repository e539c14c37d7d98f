import { basename } from "node:path/posix";
import { project, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { cleanSpecs } from "../../test/clean-specs.ts";
import spec from "../index.ts";
import { plainName } from "./owner-of.ts";

/** What the project sets is what its specifications say. */
const settings = {
  "workflow_config.yaml":
    "quality_gates:\n  test_coverage:\n    dev_threshold: 50\n    staging_threshold: 70\n    production_threshold: 80\n",
  "towpath.config.yaml":
    "plugins:\n  - - gate-coverage\n    - coverage: { dev: 50, staging: 70, production: 80 }\n",
  "codecov.yml":
    "coverage:\n  status:\n    project:\n      default:\n        target: auto\n        threshold: 1%\n",
  "pyproject.toml": "[tool.coverage.run]\nbranch = true\n",
};

describe("a clean project", async () => {
  const { root } = await project({ ...cleanSpecs, ...settings });

  it("has twenty specifications", () => {
    expect(Object.keys(cleanSpecs)).toHaveLength(20);
  });

  it.each(Object.keys(cleanSpecs))("has no conflict that %s takes part in", async (file) => {
    const stem = basename(file).split(".")[0] ?? "";
    const name = plainName(["spec", "requirements"].includes(stem) ? (file.split("/")[1] ?? "") : stem);
    const result = await runGate(spec(), "conflicts", { root, component: { name, spec: file } });
    expect(result.findings.map(({ message }) => message)).toEqual([]);
    expect(result).toMatchObject({ verdict: "passed", candidates: 24, checked: 24 });
  });
});
