import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AgentOutcome,
  type Assignment,
  Breakage,
  type GateContext,
  isBreakage,
  type Violation,
} from "@towpath/core";
import { excerpt, killSurvivors } from "@towpath/kit";
import { createAgentFiles } from "./agent-files.ts";
import { applyChanges } from "./apply.ts";
import { changesIn } from "./changes.ts";
import { changedEnvironment, type EnvironmentState, environmentState } from "./environment-state.ts";
import { judge, patchOf } from "./judge.ts";
import { makeKeptFolder } from "./kept-folder.ts";
import { mcpArgv } from "./mcp-argv.ts";
import type { AgentAcpOptions } from "./options.ts";
import { promptFor } from "./prompt.ts";
import { checkRealTree } from "./real-tree.ts";
import { speak } from "./speak.ts";
import type { SpeechEnd } from "./speech.ts";
import { createTerminals } from "./terminals.ts";
import { died, loginOf, notStarted, type Worker } from "./worker.ts";
import { makeWorkingCopy, type WorkingCopy } from "./working-copy.ts";
import { type Bounds, boundsOf } from "./write-policy.ts";

/** One round, ready to begin. */
interface Round {
  readonly worker: Worker;
  readonly options: AgentAcpOptions;
  readonly ctx: GateContext;
  readonly assignment: Assignment;
  readonly copy: WorkingCopy;
  readonly bounds: Bounds;
  /** Carried by all processes of the round. */
  readonly id: string;
}

/** Name of the variable that holds the path of the task, for a command. */
const taskVariable = "TOWPATH_TASK";
/** Name of the variable by which processes that a round left behind are found. */
const roundVariable = "TOWPATH_ROUND_ID";
/** By how much the process may outlive its limit while it is told to stop, in milliseconds. */
const graceMs = 10_000;

const mostLogLines = 1_000;

/**
 * Lets an agent work for one round in a copy of the repository, and takes over what it was allowed to do.
 * @throws {Breakage} when the agent breaks; the repository is then as it was before
 */
export async function workOneRound(
  worker: Worker,
  options: AgentAcpOptions,
  assignment: Assignment,
  ctx: GateContext,
): Promise<AgentOutcome> {
  if (!ctx.trusted) {
    throw new Breakage("untrusted", {
      message: `${worker.name} is not let into a tree that is not trusted`,
      why: "An agent holds keys, and does what it reads.",
    });
  }
  const copy = await makeWorkingCopy(ctx);
  const bounds = boundsOf(assignment, ctx.component, copy.files.keys());
  const round: Round = { worker, options, ctx, assignment, copy, bounds, id: randomUUID() };
  try {
    return await carryOut(round);
  } finally {
    // A copy that cannot be removed is no reason to lose what came of the round.
    await copy.remove().catch((error: unknown) => ctx.log(`the copy was not removed: ${wordsOf(error)}`));
  }
}

async function carryOut(round: Round): Promise<AgentOutcome> {
  const { ctx, copy, bounds } = round;
  const end = await started(round).then(
    (done) => ({ done, error: undefined }),
    (error: unknown) => ({ done: undefined, error }),
  );
  // Whatever became of it: first nobody may write any more, then the repository must be as it was.
  await killSurvivors(roundVariable, round.id);
  const { violations: tree } = await checkRealTree(copy, ctx);
  const foreign = [...tree, ...(await environmentViolations(copy))];
  const changes = await changesIn(copy, ctx);
  const patch = patchOf(changes);
  if (end.done === undefined) {
    if (foreign.length > 0) return refusal({ patch, violations: foreign, summary: wordsOf(end.error) });
    if (patch !== "") throw await withPatch(end.error, patch, ctx);
    throw end.error;
  }
  const { summary, usage } = end.done;
  const told = Object.keys(usage).length === 0 ? {} : { usage };
  const violations = [...foreign, ...stopViolations(end.done), ...judge(changes, bounds)];
  if (violations.length > 0) return refusal({ patch, violations, summary, ...told });
  try {
    await applyChanges(ctx.workspace.root, changes);
  } catch (error) {
    throw await withPatch(error, patch, ctx);
  }
  return {
    state: "done",
    files: changes.map(({ path }) => path),
    patch,
    summary: saidWhy(end.done) + summary,
    violations: [],
    ...told,
  };
}

/** What the agent did to the Python environment that its copy links to. */
async function environmentViolations(copy: WorkingCopy): Promise<readonly Violation[]> {
  if (copy.environment === undefined) return [];
  const { folder, before } = copy.environment;
  return changedEnvironment(before, await environmentNow(folder), ".venv");
}

/** An environment that is gone has no file. */
async function environmentNow(folder: string): Promise<EnvironmentState> {
  try {
    return await environmentState(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
}

type Refused = Pick<AgentOutcome, "patch" | "violations" | "summary" | "usage">;

function refusal(refused: Refused): AgentOutcome {
  return { state: "refused", files: [], ...refused };
}

/** Ends of a turn after which nothing is taken over. */
function stopViolations({ reason, detail }: SpeechEnd): readonly Violation[] {
  if (reason === "budget") return [{ rule: "budget", detail: detail ?? "it used more than it may" }];
  if (reason === "refusal") return [{ rule: "refusal", detail: "the agent declined the task" }];
  return [];
}

/** Ends of a turn that did not come of being done. */
function saidWhy({ reason }: SpeechEnd): string {
  if (reason === "max_tokens") return "[the turn ended at the model's token limit] ";
  if (reason === "max_turn_requests") return "[the turn ended at the agent's limit of requests] ";
  return "";
}

/** Starts the agent and waits until its turn is over. */
async function started(round: Round): Promise<SpeechEnd> {
  return round.worker.how === "acp" ? speakWith(round) : run(round);
}

async function speakWith(round: Round): Promise<SpeechEnd> {
  const { worker, options, ctx, assignment, copy, bounds } = round;
  const [command, ...args] = worker.argv;
  const { timeoutMs, maxTokens, maxCost } = options;
  const log = cappedLog(ctx);
  const files = createAgentFiles(copy.folder, bounds, log);
  const rules = { folder: copy.folder, allowed: options.terminals, env: { [roundVariable]: round.id } };
  const terminals = options.terminals.length === 0 ? undefined : createTerminals(ctx, rules);
  let end: SpeechEnd | undefined;
  let failure: unknown;
  const result = await ctx.exec({
    command,
    args,
    cwd: copy.folder,
    env: environment(round),
    signal: ctx.signal,
    timeoutMs: timeoutMs + graceMs,
    maxOutputBytes: 64 * 1024,
    async converse(conversation) {
      try {
        end = await speak(conversation, {
          folder: copy.folder,
          prompt: promptFor(assignment, ctx.component),
          files,
          ...(terminals === undefined ? {} : { terminals }),
          mcp: options.mcp ?? mcpArgv(ctx.env["TOWPATH_MCP"]),
          limits: {
            timeoutMs,
            ...(maxTokens === undefined ? {} : { maxTokens }),
            ...(maxCost === undefined ? {} : { maxCost }),
          },
          hasKey: options.env.some((name) => (ctx.env[name] ?? "") !== ""),
          login: loginOf(worker),
          signal: ctx.signal,
          log,
        });
      } catch (error) {
        failure = error;
      } finally {
        await terminals?.close();
        await files.close();
      }
    },
  });
  if (result.status === "not-started") throw notStarted(worker, result);
  if (failure !== undefined) throw failure;
  if (end === undefined || end.reason === "gone") throw died(worker, result);
  if (end.reason === "cancelled") {
    throw new Breakage("tool-crash", {
      message: `${worker.name} ended its turn as cancelled, though nobody did`,
    });
  }
  return end;
}

/** The run's log, for so many lines that no agent can fill it. */
function cappedLog(ctx: GateContext): (line: string) => void {
  let lines = 0;
  return (line) => {
    lines += 1;
    if (lines <= mostLogLines) ctx.log(line);
    if (lines === mostLogLines) ctx.log("what the agent says from here on is not logged");
  };
}

async function run(round: Round): Promise<SpeechEnd> {
  const { worker, options, ctx, assignment, copy } = round;
  const [command, ...args] = worker.argv;
  const prompt = promptFor(assignment, ctx.component);
  const task = join(ctx.outDir, `task-${round.id}.md`);
  await writeFile(task, prompt, { mode: 0o600 });
  const result = await ctx.exec({
    command,
    args,
    cwd: copy.folder,
    env: { ...environment(round), [taskVariable]: task },
    stdin: prompt,
    signal: ctx.signal,
    timeoutMs: options.timeoutMs,
    maxOutputBytes: 64 * 1024,
  });
  if (result.status === "not-started") throw notStarted(worker, result);
  if (result.status === "timed-out") {
    throw new Breakage("timeout", {
      message: `${worker.name} took longer than ${options.timeoutMs} ms for its round`,
      fix: ["Raise timeoutMs in the agent's options, or give it smaller tasks."],
    });
  }
  if (result.code !== 0) throw died(worker, result);
  return { reason: "end_turn", summary: excerpt(result.stdout.slice(-8_000), 4_000), usage: {} };
}

/** What the agent gets besides what every program gets: keys by name, and no git repository above its copy. */
function environment({ options, ctx, copy, id }: Round): Record<string, string> {
  const passed = options.env.flatMap((name) => {
    const value = ctx.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    GIT_CEILING_DIRECTORIES: join(copy.folder, ".."),
    GIT_TERMINAL_PROMPT: "0",
    [roundVariable]: id,
  };
}

/** The breakage, with the place where its unfinished work is kept. */
async function withPatch(error: unknown, patch: string, ctx: GateContext): Promise<unknown> {
  try {
    const { name, path } = await makeKeptFolder(ctx);
    await writeFile(join(path, "unfinished.patch"), patch, { mode: 0o600 });
    if (!isBreakage(error)) {
      ctx.log(`what the agent had done is kept in ${name}/unfinished.patch`);
      return error;
    }
    const message = `${error.message}; what it had done is kept in ${name}/unfinished.patch`;
    return new Breakage(error.kind, { ...error.details, message });
  } catch (cause) {
    ctx.log(`what the agent had done was not kept: ${wordsOf(cause)}`);
    return error;
  }
}

function wordsOf(error: unknown): string {
  return excerpt(error instanceof Error ? error.message : String(error), 1_000);
}
