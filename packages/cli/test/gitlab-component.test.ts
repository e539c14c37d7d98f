import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { stubTools, top } from "./composite-action.ts";
import { hostileProject } from "./hostile-gate.ts";

interface Input {
  readonly default?: string;
  readonly options?: readonly string[];
  readonly regex?: string;
}

interface Job {
  readonly script: readonly string[];
  readonly variables: Readonly<Record<string, { readonly value: string; readonly expand: boolean }>>;
  readonly artifacts: {
    readonly when: string;
    readonly paths: readonly string[];
    readonly reports: Readonly<Record<string, string>>;
  };
}

const path = join(top, "templates/towpath/template.yml");

/** The template, filled as GitLab does it: inputs are checked, then put into the text, which is then read. */
async function filled(
  given: Readonly<Record<string, string>>,
): Promise<{ readonly inputs: Record<string, Input>; readonly jobs: Record<string, Job> }> {
  const text = await readFile(path, "utf8");
  const [head = "", body = ""] = text.split("\n---\n");
  const inputs: Record<string, Input> = parseAllDocuments(head)[0]?.toJS().spec.inputs;
  const values = Object.entries(inputs).map(([name, { default: value, options, regex }]) => {
    const chosen = given[name] ?? value;
    if (chosen === undefined) throw new Error(`${name} is missing`);
    if (options !== undefined && !options.includes(chosen)) throw new Error(`${name} is no option`);
    if (regex !== undefined && !new RegExp(regex).test(chosen)) throw new Error(`${name} does not match`);
    return [name, chosen] as const;
  });
  const known = new Map(values);
  const yaml = body.replaceAll(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name: string) => {
    const value = known.get(name);
    if (value === undefined) throw new Error(`there is no input ${name}`);
    return value;
  });
  return { inputs, jobs: parseAllDocuments(yaml)[0]?.toJS() };
}

/** Runs the job's script with sh, as a runner does. */
async function run(
  count: number,
  given: Readonly<Record<string, string>> = {},
  checkout?: string,
): Promise<{ readonly code: number | null; readonly log: string; readonly folder: string }> {
  const folder = checkout ?? join((await hostileProject(count, "", "checkout/")).root, "checkout");
  const { jobs } = await filled({ version: "1.2.3", command: "check", ...given });
  const [job] = Object.values(jobs);
  const variables = Object.entries(job?.variables ?? {}).map(([name, { value }]) => [name, value]);
  const tools = await stubTools(join(folder, ".."));
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", job?.script.join("\n") ?? "exit 9"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...tools,
      PATH: `${tools.PATH}:${dirname(process.execPath)}:${process.env["PATH"]}`,
      HOME: join(folder, ".."),
      GITLAB_CI: "true",
      CI_PROJECT_DIR: folder,
      ...Object.fromEntries(variables),
    },
  });
  return { code: status, log: stdout + stderr, folder };
}

describe("the component for GitLab", () => {
  it("uses every input, and every input is bounded", async () => {
    const { inputs } = await filled({ version: "1.2.3" });
    const body = (await readFile(path, "utf8")).split("\n---\n")[1] ?? "";
    for (const [name, { options, regex }] of Object.entries(inputs)) {
      expect(body).toContain(`$[[ inputs.${name} ]]`);
      expect(options ?? regex).toBeDefined();
    }
  });

  it("keeps inputs out of the script, and lets nothing expand them", async () => {
    const { jobs } = await filled({
      version: "1.2.3",
      args: "MARK",
      component: "MARK",
      spec: "MARK",
      "working-directory": "MARK",
    });
    const [job] = Object.values(jobs);
    expect(job?.script.join("\n")).not.toContain("MARK");
    expect(Object.values(job?.variables ?? {}).every(({ expand }) => !expand)).toBe(true);
  });

  it("hands its reports to GitLab whatever the verdict", async () => {
    const { jobs } = await filled({ version: "1.2.3" });
    const { code, folder, log } = await run(3);
    expect(code).toBe(1);
    const artifacts = jobs["towpath"]?.artifacts;
    expect(artifacts?.when).toBe("always");
    const issues = JSON.parse(await readFile(join(folder, artifacts?.reports["codequality"] ?? ""), "utf8"));
    expect(issues).toHaveLength(3);
    expect(await readFile(join(folder, artifacts?.reports["junit"] ?? ""), "utf8")).toContain("<testsuites");
    expect(log).toContain("section_start:");
  });

  it("ends as the run ended", async () => {
    expect((await run(0)).code).toBe(0);
    expect((await run(0, { component: "none" })).code).toBe(2);
  });

  it("hands on neither a report that lay there nor that of an older run", async () => {
    const { code, folder } = await run(0);
    expect(code).toBe(0);
    const report = join(folder, "towpath-report/towpath.xml");
    expect(existsSync(report)).toBe(true);
    expect((await run(0, { component: "none" }, folder)).code).toBe(2);
    expect(existsSync(report)).toBe(false);
  });

  it.each(["$(touch pwned)", "`touch pwned`", "; touch pwned", "* $HOME", "--output=/tmp/x"])(
    "arguments such as %s are words",
    async (args) => {
      const { code, folder } = await run(0, { args });
      expect(code).toBe(2);
      expect(spawnSync("find", [join(folder, ".."), "-name", "*pwned*"], { encoding: "utf8" }).stdout).toBe(
        "",
      );
    },
  );

  it.each([
    ["a quote", { args: '" } \n evil: { script: [x] }' }],
    ["a line break", { component: "a\nevil: 1" }],
    ["another command", { command: "deploy" }],
    ["a version that is none", { version: "1.2.3; x" }],
  ])("refuses an input with %s", async (_, given) => {
    await expect(filled({ version: "1.2.3", ...given })).rejects.toThrow(/does not match|is no option/);
  });
});
