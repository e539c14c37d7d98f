import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { parse } from "yaml";
import { bin } from "./towpath.ts";

/** Root of the repository. */
export const top: string = fileURLToPath(new URL("../../..", import.meta.url));

/** A step of an action or a job, as it is written down. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
  readonly "continue-on-error"?: boolean;
}

/** `action.yml`. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** Reads a YAML file of the repository. */
export async function yamlOf<T>(path: string): Promise<T> {
  return parse(await readFile(join(top, path), "utf8"));
}

type Contexts = Readonly<Record<string, unknown>>;

/** Evaluates an expression of GitHub Actions by GitHub's own library. */
export function evaluate(expression: string, contexts: Contexts, failed = false): string {
  const flag = (name: string, value: boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  const functions = [flag("always", true), flag("success", !failed), flag("failure", failed)];
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values: unknown = JSON.parse(JSON.stringify(contexts), data.reviver);
  if (!(values instanceof data.Dictionary)) throw new Error("contexts are a dictionary");
  return new Evaluator(tree, values, new Map(functions.map((one) => [one.name, one])))
    .evaluate()
    .coerceString();
}

/** Fills the expressions in a text. */
export function fill(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression.trim(), contexts),
  );
}

/** What a job left. */
export interface JobEnd {
  /** Exit code of the last step that failed, else 0. */
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The actions that were used, with what they were given. */
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
  /** The calls of `gh`, an array of arguments each. */
  readonly calls: readonly (readonly string[])[];
}

/** How a job is run. */
export interface JobOptions {
  /** The checkout. */
  readonly workspace: string;
  readonly event: string;
  readonly payload?: object;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the stub of `gh` does: answers with these comments, or is refused. @default no comments */
  readonly comments?:
    | "forbidden"
    | readonly { readonly id: number; readonly body: string; readonly type: string }[];
}

/** Runs steps one by one as the runner does: conditions, environment, outputs; other actions are only written down. */
export async function runSteps(
  steps: readonly Step[],
  options: JobOptions,
): Promise<JobEnd & { readonly contexts: Contexts }> {
  const { workspace, event, payload = {}, inputs = {}, comments = [] } = options;
  const temp = join(workspace, "..", "temp");
  await mkdir(temp, { recursive: true });
  const tools = await stubTools(temp);
  const eventPath = join(temp, "event.json");
  await writeFile(eventPath, JSON.stringify(payload));
  await writeFile(join(temp, "comments.json"), JSON.stringify(comments));
  const files = { GITHUB_STEP_SUMMARY: join(temp, "summary.md") };
  await Promise.all(Object.values(files).map((path) => writeFile(path, "")));
  const repository = "acme/widgets";
  const github = { event_name: event, event: payload, repository, token: "t", run_id: "7", run_attempt: "1" };
  const outputs: Record<string, { outputs: Record<string, string>; outcome: string }> = {};
  const used: { uses: string; with: Record<string, string> }[] = [];
  let log = "";
  let code = 0;
  const contexts = (): Contexts => ({ github, inputs, runner: { os: "Linux", temp }, steps: outputs });
  for (const step of steps) {
    const condition = step.if ?? "success()";
    const implied = /\b(?:always|success|failure)\(\)/.test(condition)
      ? condition
      : `success() && (${condition})`;
    if (evaluate(implied, contexts(), code !== 0) !== "true") continue;
    if (step.uses !== undefined) {
      const given = Object.entries(step.with ?? {}).map(([key, value]) => [
        key,
        fill(String(value), contexts()),
      ]);
      used.push({ uses: step.uses, with: Object.fromEntries(given) });
      if (step.id !== undefined) outputs[step.id] = { outputs: {}, outcome: "success" };
      continue;
    }
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value, contexts())]),
    );
    const output = join(temp, `output-${steps.indexOf(step)}`);
    await writeFile(output, "");
    const script = join(temp, "step.sh");
    await writeFile(script, step.run ?? "");
    const ended = await bash(script, {
      cwd: join(workspace, fill(step["working-directory"] ?? ".", contexts())),
      env: {
        ...tools,
        ...files,
        PATH: [tools.PATH, dirname(process.execPath), process.env["PATH"]].join(":"),
        HOME: temp,
        LANG: "C.UTF-8",
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTION_PATH: top,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: eventPath,
        GITHUB_OUTPUT: output,
        GITHUB_REPOSITORY: repository,
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: temp,
        ...env,
      },
    });
    log += ended.log;
    if (ended.code !== 0 && step["continue-on-error"] !== true) code = ended.code;
    if (step.id !== undefined)
      outputs[step.id] = {
        outputs: readOutputs(await readFile(output, "utf8")),
        outcome: ended.code === 0 ? "success" : "failure",
      };
  }
  const calls = await readFile(join(temp, "calls"), "utf8").catch(() => "");
  return {
    code,
    log,
    outputs: {},
    summary: await readFile(files.GITHUB_STEP_SUMMARY, "utf8"),
    used,
    calls: calls
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
    contexts: contexts(),
  };
}

/** Runs the composite action of this repository. */
export async function runAction(options: JobOptions): Promise<JobEnd> {
  const action = await yamlOf<Action>("action.yml");
  const github = { token: "t" };
  const defaults = Object.entries(action.inputs).map(([name, { default: value = "" }]) => [
    name,
    fill(value, { github }),
  ]);
  const inputs = { ...Object.fromEntries(defaults), ...options.inputs };
  const { contexts, ...end } = await runSteps(action.runs.steps, { ...options, inputs });
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, contexts)]);
  return { ...end, outputs: Object.fromEntries(outputs) };
}

/** Reads a file of outputs as the runner does, both of its forms. */
export function readOutputs(file: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = file.split("\n");
  for (let at = 0; at < lines.length - 1; at++) {
    const line = lines[at] ?? "";
    const [, name, delimiter] = /^([^=<]+)<<(.*)$/.exec(line) ?? [];
    if (name === undefined || delimiter === undefined) {
      const [key = "", ...rest] = line.split("=");
      values[key] = rest.join("=");
      continue;
    }
    const end = lines.indexOf(delimiter, at + 1);
    values[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return values;
}

/** What GitHub runs for `shell: bash`. */
function bash(
  script: string,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ code: number; log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        log += chunk;
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, log }));
  });
}

/**
 * Puts stubs of npm and gh beside a checkout.
 * @param folder where; also where they write down what they were asked
 * @returns the environment that they need
 */
export async function stubTools(
  folder: string,
): Promise<{ readonly PATH: string; readonly STUB_TEMP: string; readonly STUB_BIN: string }> {
  const tools = join(folder, "tools");
  await stub(join(tools, "npm"), npmStub);
  await stub(join(tools, "gh"), ghStub);
  return { PATH: tools, STUB_TEMP: folder, STUB_BIN: bin };
}

async function stub(path: string, code: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/usr/bin/env node\n${code}`);
  await chmod(path, 0o755);
}

/** Installs nothing but a link to the built program; writes down what it was asked. */
const npmStub = `const fs = require("node:fs"), path = require("node:path");
fs.appendFileSync(path.join(process.env.STUB_TEMP, "npm"), JSON.stringify(process.argv.slice(2)) + "\\n");
const folder = path.join(process.cwd(), "node_modules/.bin");
fs.mkdirSync(folder, { recursive: true });
const file = path.join(folder, "towpath");
fs.writeFileSync(file, '#!/bin/sh\\nexec "' + process.execPath + '" "' + process.env.STUB_BIN + '" "$@"\\n');
fs.chmodSync(file, 0o755);`;

/** Answers like GitHub: the comments that a filter lets through, the open pull requests, or a refusal. */
const ghStub = `const fs = require("node:fs"), path = require("node:path");
const args = process.argv.slice(2), temp = process.env.STUB_TEMP;
fs.appendFileSync(path.join(temp, "calls"), JSON.stringify(args) + "\\n");
const comments = JSON.parse(fs.readFileSync(path.join(temp, "comments.json"), "utf8"));
const writes = args.includes("POST") || args.includes("PATCH");
if (comments === "forbidden" && writes) { console.error("HTTP 403: Resource not accessible by integration"); process.exit(1); }
if (writes) process.exit(0);
if (args.some((arg) => arg.endsWith("/pulls"))) {
  const pulls = path.join(temp, "pulls.json");
  if (fs.existsSync(pulls))
    for (const pull of JSON.parse(fs.readFileSync(pulls, "utf8")))
      if (pull.sha === process.env.HEAD_SHA && args.includes("head=" + pull.head)) console.log(pull.number);
} else if (comments !== "forbidden") {
  for (const { id, body, type } of comments)
    if (type === "Bot" && body.startsWith(process.env.MARKER)) console.log(id);
}`;
