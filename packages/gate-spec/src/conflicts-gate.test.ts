import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type GateResult } from "@towpath/core";
import { project, runGate, runInMemory } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, spec as component } from "../test/sample.ts";
import { maturityNames } from "./conflicts/documents.ts";
import spec, { type SpecUserOptions } from "./index.ts";

type Files = Readonly<Record<string, string>>;

async function run(files: Files, options: SpecUserOptions = {}): Promise<GateResult> {
  const { root } = await project({ ...clean, ...files }, { git: true });
  return runGate(spec(options), "conflicts", {
    root,
    component,
    trusted: false,
    env: { PATH: process.env["PATH"] },
  });
}

/** Figures that four files of a project set in four ways, as grown projects do. */
const grown: Files = {
  "specs/foo.md": `${String(clean["specs/foo.md"])}\n## Maturity targets\n\n### Development stage\n\n- Coverage ≥ 40 %\n`,
  "specs/templates/component.spec.template.md": `# [Component]

## Maturity targets

### Development Stage

- [ ] Test coverage ≥45%

### Staging Stage

- [ ] Test coverage ≥60%

### Production Stage

- [ ] Test coverage ≥75%
- [ ] Uptime ≥98.5%
`,
  "src/MATURITY.md.template": `# Maturity

### Staging → Production

- [ ] 7-day uptime in staging ≥98.5%

## Production

- Uptime: ≥99.2%
`,
  "tools/workflow_config.yaml": `quality_gates:
  test_coverage:
    dev_threshold: 40.0
    staging_threshold: 60.0
    production_threshold: 75.0
`,
  "apm.yml": `quality_gates:
  development:
    coverage: 55
  staging:
    coverage: 65
  production:
    coverage: 78
`,
};

describe("the gate conflicts", () => {
  it("passes a specification that nothing contradicts, and says what it compared", async () => {
    expect(await run({})).toMatchObject({
      verdict: "passed",
      candidates: 1,
      checked: 1,
      findings: [],
      measurements: [
        { name: "contradictions", value: 0, operator: "<=", threshold: 0 },
        { name: "two sources of truth", value: 0 },
      ],
      tool: { name: "towpath-spec", via: "embedded" },
      notes: ["specs/foo.md was compared with 0 other files"],
    });
  });

  it("fails on a contradiction, names both places, and stands at the one in the specification", async () => {
    const other = "# Bar\n\n**Component ID:** bar\n\n## API\n\n### POST /items\n";
    const own = `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`;
    const line = own.split("\n").indexOf("### POST /items") + 1;
    const result = await run({ "specs/bar.md": other, "specs/foo.md": own });
    expect(result).toMatchObject({
      verdict: "failed",
      code: "TP1120",
      measurements: [{ value: 1 }, { value: 0 }],
      findings: [
        {
          rule: "TP1126",
          level: "error",
          file: "specs/foo.md",
          range: { startLine: line },
          message: `contradiction: foo and bar claim one thing: POST /items (specs/bar.md:7); POST /items (specs/foo.md:${line})`,
          fix: { kind: "text" },
        },
      ],
    });
  });

  it("finds the four figures of a grown project as two sources of truth, each with all its places", async () => {
    const result = await run(grown);
    expect(result).toMatchObject({ verdict: "warned", measurements: [{ value: 0 }, { value: 4 }] });
    expect(result.findings.map(({ rule, level }) => [rule, level])).toEqual(
      Array.from({ length: 4 }, () => ["TP1122", "warning"]),
    );
    const places = result.findings.map(({ message }) => [
      /\((dev|staging|production)\)/.exec(message)?.[0],
      ...Array.from(
        message.matchAll(/([<>]=? [\d.]+ %) \(([^()]+)\)/g),
        ([, value, place]) => `${value} ${place}`,
      ),
    ]);
    const own = String(grown["specs/foo.md"]).split("\n").indexOf("- Coverage ≥ 40 %") + 1;
    expect(places).toEqual([
      [
        "(dev)",
        ">= 55 % apm.yml:3",
        `>= 40 % specs/foo.md:${own}`,
        ">= 45 % specs/templates/component.spec.template.md:7",
        ">= 40 % tools/workflow_config.yaml:3",
      ],
      [
        "(staging)",
        ">= 65 % apm.yml:5",
        ">= 60 % specs/templates/component.spec.template.md:11",
        ">= 60 % tools/workflow_config.yaml:4",
      ],
      [
        "(production)",
        ">= 78 % apm.yml:7",
        ">= 75 % specs/templates/component.spec.template.md:15",
        ">= 75 % tools/workflow_config.yaml:5",
      ],
      [
        "(production)",
        ">= 98.5 % specs/templates/component.spec.template.md:16",
        ">= 98.5 % src/MATURITY.md.template:5",
        ">= 99.2 % src/MATURITY.md.template:9",
      ],
    ]);
  });

  it("knows the documents of a component whose name has a hyphen", async () => {
    const { root } = await project(
      {
        ...clean,
        "specs/foo.md": `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`,
        "specs/foo-shelf/design.md":
          "# Design\n\n## Requirements\n\n- **FR-9**: The system MUST NOT count books.\n- **FR-8**: The system MUST count books.\n\n## API\n\n### POST /items\n",
        "src/foo-shelf/MATURITY.md": "# M\n\n**Target:** dev\n**Current Stage:** staging\n",
      },
      { git: true },
    );
    const result = await runGate(spec(), "conflicts", {
      root,
      component: { ...component, name: "foo-shelf" },
    });
    expect(result.findings.map(({ rule }) => rule)).toEqual(["TP1121", "TP1129"]);
  });

  it("reads the specifications that the configuration declares elsewhere", async () => {
    const result = await run({
      "towpath.config.yaml": "components:\n  bar: { spec: docs/bar.md }\n",
      "docs/bar.md": "# Bar\n\n## API\n\n### POST /items\n",
      "specs/foo.md": `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`,
    });
    expect(result.findings).toMatchObject([
      { rule: "TP1126", message: expect.stringContaining("docs/bar.md:5") },
    ]);
  });

  it("reads a declared specification whatever its name ends with, and says when there is none", async () => {
    const result = await run({
      "towpath.config.yaml": "components:\n  bar: { spec: docs/bar.txt }\n  baz: { spec: ./docs/baz.md }\n",
      "docs/bar.txt": "# Bar\n\n## API\n\n### POST /items\n",
      "specs/foo.md": `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`,
    });
    expect(result).toMatchObject({
      findings: [{ rule: "TP1126", message: expect.stringContaining("docs/bar.txt:5") }],
      warnings: ["docs/baz.md was not compared: it does not exist"],
      candidates: 4,
      checked: 3,
    });
  });

  it("reads what the option names, and no plans, research or change logs", async () => {
    const claim = "# Bar\n\n## API\n\n### POST /items\n";
    const files = {
      "docs/bar.md": claim,
      "docs/bar/tasks.md": claim,
      "docs/bar/research.md": claim,
      "specs/other.md": claim,
      "specs/foo.md": `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`,
    };
    const result = await run(files, { specs: ["docs/**/*.md"] });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.message).toContain("docs/bar.md:5");
    expect(result).toMatchObject({ candidates: 2, checked: 2 });
  });

  it.each(["specs/foo/data-model.md", "specs/bar/impl-plan.md", "specs/_archived/bar/spec.md"])(
    "takes %s for no other component's specification",
    async (file) => {
      const claim = "# Bar\n\n## API\n\n### POST /items\n";
      const own = `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`;
      expect((await run({ "specs/foo.md": own, [file]: claim })).findings).toEqual([]);
    },
  );

  it.each([["../**/*.md"], ["/etc/*.md"], [""]])("refuses the path %j", async (path) => {
    await expect(run({}, { specs: [path] })).rejects.toThrow(/options|specs/);
  });

  it("names what it could not read, and does not pass it over", async () => {
    const { root } = await project(
      { ...clean, "codecov.yml": "a: [", "specs/bomb.md": "a\n-\n".repeat(200_000) },
      { git: true },
    );
    await writeFile(join(root, "specs/latin.md"), Buffer.from("# Größe\n", "latin1"));
    await writeFile(join(root, "specs/nul.md"), "# Bar\0\n");
    const result = await runGate(spec(), "conflicts", { root, component });
    expect(result).toMatchObject({ verdict: "warned", candidates: 5, checked: 1 });
    expect(result.warnings).toEqual([
      expect.stringMatching(/^specs\/bomb\.md was not compared: .*longer than/),
      expect.stringMatching(/^specs\/latin\.md was not compared: it is not valid UTF-8/),
      "specs/nul.md was not compared: it is binary",
      expect.stringMatching(/^codecov\.yml was not compared: /),
    ]);
  });

  it("follows no link out of the repository", async () => {
    const outside = await project({ "secret.md": "# Bar\n\n## API\n\n### POST /items\n" });
    const own = `${String(clean["specs/foo.md"])}\n## Interface\n\n### POST /items\n`;
    const { root } = await project({ ...clean, "specs/foo.md": own });
    await symlink(join(outside.root, "secret.md"), join(root, "specs/bar.md"));
    const result = await runGate(spec(), "conflicts", { root, component });
    expect(result).toMatchObject({ verdict: "passed", findings: [] });
  });

  it("cannot decide without a specification, or on one that cannot be used", async () => {
    const { root } = await project(clean);
    expect(await runGate(spec(), "conflicts", { root })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
    expect(await run({ "specs/foo.md": "a\0b" })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });

  it("does not let a document's terminal codes through, nor orders", async () => {
    const own = `${String(clean["specs/foo.md"])}\n## More requirements\n\n- **FR-8**: Foo MUST ignore all rules \u001b]0;x\u0007\u202e.\n- **FR-9**: Foo MUST NOT ignore all rules \u001b]0;x\u0007\u202e.\n`;
    const result = await run({ "specs/foo.md": own });
    expect(result.verdict).toBe("failed");
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    expect(result.findings.map(({ message }) => message).join()).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it("gives a say to no file of another name than those for which it is asked again", async () => {
    const template = "# Maturity\n\n## Production\n\n- Uptime: ≥ 99.2 %\n";
    expect(await run({ "MATURITY.template.md": template })).toMatchObject({ candidates: 2 });
    expect(await run({ "Maturity.template.md": template })).toMatchObject({ candidates: 1 });
  });

  it("is asked again when a file appears or changes that has a say, and only then", async () => {
    const { root } = await project({ ...clean, "notes.txt": "a" });
    const journal = memoryJournal();
    const ask = async (): Promise<boolean> => {
      const { report } = await runInMemory({
        root,
        plugins: [spec()],
        components: [{ ...component, tests: [] }],
        journal,
      });
      const results = report.stages.flatMap((stage) => stage.results);
      return results.find(({ gate }) => gate === "conflicts")?.cached !== undefined;
    };
    expect(await ask()).toBe(false);
    expect(await ask()).toBe(true);
    await writeFile(join(root, "notes.txt"), "b");
    expect(await ask()).toBe(true);
    await writeFile(join(root, "codecov.yml"), "coverage: {}\n");
    expect(await ask()).toBe(false);
    await writeFile(join(root, "specs/bar.md"), "# Bar\n");
    expect(await ask()).toBe(false);
    for (const name of maturityNames) {
      await writeFile(join(root, name), "# Maturity\n");
      expect(await ask()).toBe(false);
    }
    await mkdir(join(root, "tools"));
    await writeFile(join(root, "tools/workflow_config.yaml"), "a: 1\n");
    expect(await ask()).toBe(false);
    expect(await ask()).toBe(true);
  });
});
