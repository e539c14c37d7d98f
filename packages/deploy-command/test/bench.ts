import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel, type DeployContext, type Deployer, type Kernel, systemClock } from "@towpath/core";
import { createExec } from "@towpath/kit";
import { fakeTool, project, type Project } from "@towpath/testkit";
import deployCommand, { type DeployCommandUserOptions, type EnvironmentUserOptions } from "../src/index.ts";

/** A project with its own PATH, for tests of deployers. */
export interface Bench {
  readonly root: string;
  readonly project: Project;
  /** Folder that comes first on PATH. */
  readonly bin: string;
  /** Adds variables to the environment that Towpath itself has. */
  readonly env: Record<string, string | undefined>;
  /** Lines that deployers logged. */
  readonly logged: string[];
  /** What every deploy gets; each call has a fresh `outDir`. */
  context(parts: ContextParts): Promise<DeployContext>;
  /** Keeps an artifact with this text. @returns its digest */
  artifact(text: string): Promise<string>;
  /** Puts a program on PATH that notes its arguments and then runs `script`, which sees `args` and `state`. */
  program(name: string, script: string, state: unknown): Promise<FakeProgram>;
}

/** What differs between deploys. */
export interface ContextParts {
  readonly digest: string;
  /** Seed of the key. */
  readonly key: string;
  readonly run?: string;
  readonly epoch?: number;
  readonly signal?: AbortSignal;
}

/** A program that stands in for a tool and whose state is a JSON file. */
export interface FakeProgram {
  /** The arguments of its calls since the last time that this was asked. */
  calls(): Promise<readonly (readonly string[])[]>;
  state<T>(): Promise<T>;
  change(state: unknown): Promise<void>;
}

/** sha256 of a text. */
export function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Makes a bench. */
export async function bench(): Promise<Bench> {
  const made = await project({ "src/shop/app.py": "" });
  const { root } = made;
  const bin = join(root, "bin");
  await mkdir(bin);
  const env: Record<string, string | undefined> = {
    HOME: root,
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
  };
  const logged: string[] = [];
  const files = new Map<string, string>();

  return {
    root,
    project: made,
    bin,
    env,
    logged,
    async context({ digest, key, run = "run-1", epoch = 1, signal = new AbortController().signal }) {
      const outDir = await mkdtemp(join(root, "out-"));
      return {
        environment: "staging",
        component: { name: "shop", source: ["src/shop"], tests: [] },
        run,
        root,
        outDir,
        exec: createExec({ root, runId: run, env, killGraceMs: 50 }),
        env,
        clock: systemClock,
        signal,
        log: (line) => logged.push(line),
        release: { component: "shop", digest, file: files.get(digest) ?? "nowhere", tree: sha("tree") },
        key: sha(key),
        epoch,
        attempt: 1,
      };
    },
    async artifact(text) {
      const digest = sha(text);
      const file = `.towpath/artifacts/${digest}/artifact`;
      await made.write(file, text);
      files.set(digest, file);
      return digest;
    },
    async program(name, script, state) {
      const at = join(root, `${name}.json`);
      const log = join(root, `${name}.calls`);
      await writeFile(at, JSON.stringify(state));
      await writeFile(log, "");
      await fakeTool(bin, name, {
        script: `
          const { readFileSync, renameSync } = require("node:fs");
          appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + "\\n");
          const state = JSON.parse(readFileSync(${JSON.stringify(at)}, "utf8"));
          const save = () => {
            writeFileSync(${JSON.stringify(`${at}.new`)}, JSON.stringify(state));
            renameSync(${JSON.stringify(`${at}.new`)}, ${JSON.stringify(at)});
          };
          const option = (name) => args.find((one) => one.startsWith("--" + name + "="))?.slice(name.length + 3);
          const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
          const fail = (text, code = 1) => { process.stderr.write(text + "\\n"); process.exit(code); };
          const hang = () => setTimeout(() => {}, 300_000);
          ${script}`,
      });
      return {
        async calls() {
          const text = await readFile(log, "utf8");
          await writeFile(log, "");
          const lines = text.split("\n").filter((line) => line !== "");
          return lines.map((line) => JSON.parse(line) as readonly string[]);
        },
        state: async <T>() => JSON.parse(await readFile(at, "utf8")) as T,
        change: (next) => writeFile(at, JSON.stringify(next)),
      };
    },
  };
}

/** A kernel with the plugin. @throws {TowpathError} TP1208 when the options are not valid */
export async function kernelWith(options: DeployCommandUserOptions): Promise<Kernel> {
  const kernel = createKernel();
  await kernel.use(deployCommand(options));
  return kernel;
}

/** The deployer that the plugin registers for staging. */
export async function stagingDeployer(staging: EnvironmentUserOptions): Promise<Deployer> {
  const found = (await kernelWith({ environments: { staging } })).deployers.get("staging");
  if (found === undefined) throw new Error("no deployer was registered");
  return found.deployer;
}
