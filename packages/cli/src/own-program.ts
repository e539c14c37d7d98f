import type { Conversation, ExecRequest, ExecResult } from "@towpath/core";
import { createExec } from "@towpath/kit";
import type { Backend } from "@towpath/mcp";
import { cleanStrings } from "./clean-strings.ts";
import type { GlobalOptions } from "./global-options.ts";

/** This program, called by itself. */
export interface OwnProgram extends Backend {
  /** Stops every call that is under way, and waits for its end. */
  close(): Promise<void>;
}

/** How long a stopped call may take to end by itself, in milliseconds: a deploy that was begun is brought to an end. */
const killGraceMs = 60_000;

/** The longest document that is read, in bytes; half a document is none. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Calls this program's own commands in the folder and with the configuration of these options. Each call is a process
 * of its own, which ends with its signal, with `close`, and with this process.
 * @param bin absolute path of the program
 */
export function ownProgram(bin: string, { cwd, config, trusted }: GlobalOptions): OwnProgram {
  const fixed = [
    "-C",
    cwd,
    ...(config === undefined ? [] : ["--config", config]),
    ...(trusted ? [] : ["--untrusted"]),
  ];
  const exec = createExec({ root: cwd, runId: "mcp", env: process.env, killGraceMs });
  const closing = new AbortController();
  const running = new Set<Promise<ExecResult>>();

  const follow = async (request: ExecRequest): Promise<ExecResult> => {
    const call = exec(request);
    running.add(call);
    try {
      return await call;
    } finally {
      running.delete(call);
    }
  };

  return {
    async call(args, { signal, onEvent }) {
      const lines = onEvent === undefined ? undefined : readLines(onEvent);
      const { status, code, stdout, stderr } = await follow({
        command: process.execPath,
        args: [bin, lines === undefined ? "--json" : "--ndjson", ...fixed, ...args],
        // It is this program: it may know what this process knows.
        env: definedOnly(process.env),
        signal: AbortSignal.any([signal, closing.signal]),
        maxOutputBytes,
        ...(lines === undefined ? {} : { converse: lines.read }),
      });
      const document = cleanStrings(parsed(lines === undefined ? stdout : lines.last()));
      const exit = code ?? (status === "aborted" ? 143 : 3);
      return { exit, document, stderr: cleanStrings(stderr) };
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Tells of every line as it comes and keeps the last one, which is the document. */
function readLines(onEvent: (event: unknown) => void): {
  readonly read: (conversation: Conversation) => Promise<void>;
  readonly last: () => string;
} {
  let last = "";
  return {
    async read({ input, output }) {
      await input.close();
      let rest = "";
      for await (const text of output.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > maxOutputBytes) throw new RangeError("a line of the output is too long");
        for (const line of lines) {
          last = line;
          onEvent(cleanStrings(parsed(line)));
        }
      }
    },
    last: () => last,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No document: the caller says so, with what the program said beside it.
    return undefined;
  }
}
