import { RequestError } from "@agentclientprotocol/sdk";
import type {
  CreateTerminalRequest,
  TerminalExitStatus,
  TerminalOutputResponse,
} from "@agentclientprotocol/sdk";
import type { ExecResult, GateContext } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** The programs that an agent asked to have run. */
export interface Terminals {
  create(request: CreateTerminalRequest): { readonly terminalId: string };
  output(terminalId: string): TerminalOutputResponse;
  exit(terminalId: string): Promise<TerminalExitStatus>;
  kill(terminalId: string): Promise<void>;
  release(terminalId: string): Promise<void>;
  /** Stops all that still run. */
  close(): Promise<void>;
}

interface Terminal {
  readonly stop: AbortController;
  readonly ended: Promise<ExecResult>;
  result?: ExecResult;
}

const mostAtOnce = 8;
const mostOutput = 1024 * 1024;

/** What an agent may have run, and where. */
export interface TerminalRules {
  /** Absolute path of the working folder. */
  readonly folder: string;
  /** Names of programs, exactly as they must be asked for. */
  readonly allowed: readonly string[];
  /** Variables that every program gets. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs programs for an agent: only those that are allowed by name, in its working folder, and with none of the
 * variables that it would like. What they print is there when they have ended.
 */
export function createTerminals(ctx: GateContext, { folder, allowed, env }: TerminalRules): Terminals {
  const terminals = new Map<string, Terminal>();
  let count = 0;
  const find = (id: string): Terminal => {
    const found = terminals.get(id);
    if (found === undefined) throw RequestError.resourceNotFound(id);
    return found;
  };
  const stop = async ({ stop: controller, ended }: Terminal): Promise<void> => {
    controller.abort();
    await ended;
  };
  return {
    create({ command, args = [], cwd, outputByteLimit }) {
      if (!allowed.includes(command)) throw refused(`${command} is none of the programs that may be run`);
      if (terminals.size >= mostAtOnce) throw refused(`release one of the ${mostAtOnce} terminals first`);
      const controller = new AbortController();
      const place = cwd === undefined || cwd === null ? "." : inFolder(folder, cwd);
      const terminal: Terminal = {
        stop: controller,
        ended: ctx.exec({
          command,
          args,
          env,
          cwd: place === "." ? folder : `${folder}/${place}`,
          signal: controller.signal,
          maxOutputBytes: Math.min(outputByteLimit ?? mostOutput, mostOutput),
        }),
      };
      void terminal.ended.then((result) => (terminal.result = result));
      const terminalId = `terminal-${++count}`;
      terminals.set(terminalId, terminal);
      return { terminalId };
    },
    output(id) {
      const { result } = find(id);
      if (result === undefined) return { output: "", truncated: false };
      return {
        output: result.stdout + result.stderr + (result.startError?.message ?? ""),
        truncated: result.droppedBytes > 0,
        exitStatus: statusOf(result),
      };
    },
    exit: async (id) => statusOf(await find(id).ended),
    kill: (id) => stop(find(id)),
    async release(id) {
      await stop(find(id));
      terminals.delete(id);
    },
    async close() {
      await Promise.all([...terminals.values()].map(stop));
    },
  };
}

function inFolder(folder: string, path: string): string {
  try {
    return toRepoPath(folder, path);
  } catch {
    throw refused(`${path} lies outside of the working folder`);
  }
}

function statusOf({ code, signal, status }: ExecResult): TerminalExitStatus {
  if (status === "not-started") return { exitCode: 127 };
  return { exitCode: code ?? null, signal: signal ?? null };
}

function refused(why: string): RequestError {
  return RequestError.invalidParams(undefined, why);
}
