import { chmod, mkdir, readFile, symlink } from "node:fs/promises";
import { spawn } from "node:child_process";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExec, type CreateExecOptions } from "./exec.ts";
import { createRedactor } from "./redactor.ts";
import { findSurvivors } from "./survivors.ts";
import { isAlive, pidIn, script, tree, until } from "../test/testing.ts";

const node = process.execPath;
const PATH = process.env["PATH"];
const kit = pathToFileURL(join(import.meta.dirname, "exec.ts")).href;

async function setUp(options: Partial<CreateExecOptions> = {}): Promise<{
  root: string;
  exec: ReturnType<typeof createExec>;
}> {
  const root = await tree();
  return { root, exec: createExec({ root, runId: `run-${crypto.randomUUID()}`, env: { PATH }, ...options }) };
}

describe("R11: a tool that cannot be started is data", () => {
  it("R11: ENOENT for a missing program, by name and by path", async () => {
    const { root, exec } = await setUp();
    for (const command of ["towpath-no-such-tool", join(root, "none")]) {
      const result = await exec({ command, args: [] });
      expect(result).toMatchObject({
        status: "not-started",
        code: undefined,
        startError: { code: "ENOENT" },
      });
      expect(result.startError?.message).toContain(command);
    }
  });

  it("R11: EACCES for a file that is not executable, and for a folder", async () => {
    const { root, exec } = await setUp();
    await chmod(await script(root, "tool", "#!/bin/sh\n"), 0o644);
    expect(await exec({ command: join(root, "tool"), args: [] })).toMatchObject({
      startError: { code: "EACCES" },
    });
    expect(await exec({ command: root, args: [] })).toMatchObject({ startError: { code: "EACCES" } });
  });

  it("R11: a program that is not executable does not hide one later on PATH", async () => {
    const { root } = await setUp();
    await chmod(await script(root, "a/tool", "#!/bin/sh\necho first"), 0o644);
    await script(root, "b/tool", "#!/bin/sh\necho second");
    const exec = createExec({ root, runId: "r", env: { PATH: `${join(root, "a")}:${join(root, "b")}` } });
    expect((await exec({ command: "tool", args: [] })).stdout).toBe("second\n");
  });

  it("R11: ENOENT for a script whose interpreter is gone, not an exit code", async () => {
    const { root, exec } = await setUp();
    const command = await script(root, "tool", "#!/no/such/python\n");
    expect(await exec({ command, args: [] })).toMatchObject({
      status: "not-started",
      code: undefined,
      startError: { code: "ENOENT" },
    });
  });

  it("R11: a tool's own exit code 127 stays an exit code", async () => {
    const { exec } = await setUp();
    const result = await exec({ command: "sh", args: ["-c", "echo oops >&2; exit 127"] });
    expect(result).toMatchObject({ status: "exited", code: 127 });
  });

  it("R11: nothing is looked up in the working directory or in relative entries of PATH", async () => {
    const { root } = await setUp();
    await script(root, "tool", "#!/bin/sh\necho owned");
    const relativeToUs = relative(process.cwd(), root);
    for (const path of ["", ".", ":", "./", relativeToUs, undefined]) {
      const exec = createExec({ root, runId: "r", env: { PATH: path } });
      expect(await exec({ command: "tool", args: [] })).toMatchObject({ startError: { code: "ENOENT" } });
      expect(await exec({ command: "./tool", args: [] })).toMatchObject({ startError: { code: "EINVAL" } });
    }
  });
});

describe("R12: a tool that hangs", () => {
  it("R12: the time limit ends it", async () => {
    const { exec } = await setUp({ killGraceMs: 60_000 });
    const result = await exec({ command: "sleep", args: ["60"], timeoutMs: 50 });
    expect(result).toMatchObject({ status: "timed-out", code: undefined, signal: "SIGTERM" });
  });

  it("R12: SIGTERM comes first, so that the tool may clean up", async () => {
    const { root, exec } = await setUp({ killGraceMs: 60_000 });
    const marker = join(root, "pid");
    const stop = new AbortController();
    const work = `trap 'echo bye; exit 0' TERM; echo $$ > ${marker}; while :; do sleep 0.05; done`;
    const running = exec({ command: "sh", args: ["-c", work], signal: stop.signal });
    await pidIn(marker);
    stop.abort();
    expect(await running).toMatchObject({ status: "aborted", code: undefined, stdout: "bye\n" });
  });

  it("R12: one that ignores SIGTERM is killed with its whole group after the grace time", async () => {
    const { root, exec } = await setUp({ killGraceMs: 200 });
    const marker = join(root, "pid");
    const stop = new AbortController();
    const work = `trap '' TERM; sleep 60 & echo $! > ${marker}; while :; do sleep 0.05; done`;
    const running = exec({ command: "sh", args: ["-c", work], signal: stop.signal });
    const grandchild = await pidIn(marker);
    stop.abort();
    expect(await running).toMatchObject({ status: "aborted", signal: "SIGKILL" });
    await until("the grandchild is dead", () => !isAlive(grandchild));
  });

  it("R12: a time limit beyond the longest timer does not fire at once", async () => {
    const { exec } = await setUp();
    const result = await exec({ command: "sh", args: ["-c", "sleep 0.05"], timeoutMs: 2 ** 40 });
    expect(result.status).toBe("exited");
  });

  it("R12: an abort stops the whole tree, also those who left the group", async () => {
    const { root, exec } = await setUp({ killGraceMs: 200 });
    const marker = join(root, "pid");
    const stop = new AbortController();
    const running = exec({
      command: "sh",
      args: ["-c", `setsid sh -c 'echo $$ > ${marker}; exec sleep 60' & wait`],
      signal: stop.signal,
    });
    const escaped = await pidIn(marker);
    expect(isAlive(escaped)).toBe(true);
    stop.abort();
    expect((await running).status).toBe("aborted");
    await until("the escaped process is dead", () => !isAlive(escaped));
  });

  it("R12: an abort before the start starts nothing", async () => {
    const { root, exec } = await setUp();
    const args = ["-c", `touch ${join(root, "ran")}`];
    expect((await exec({ command: "sh", args, signal: AbortSignal.abort() })).status).toBe("aborted");
    await expect(readFile(join(root, "ran"))).rejects.toThrow("ENOENT");
  });

  it("R12: standard input is closed, so that a prompt ends instead of hanging", async () => {
    const { exec } = await setUp();
    expect(await exec({ command: "cat", args: [] })).toMatchObject({ status: "exited", code: 0, stdout: "" });
  });

  it("R12: input that nobody reads is no error", async () => {
    const { exec } = await setUp();
    const result = await exec({ command: "true", args: [], stdin: "x".repeat(4_000_000) });
    expect(result).toMatchObject({ status: "exited", code: 0 });
  });
});

describe("R13: a grandchild that keeps the pipe", () => {
  it("R13: the result does not wait for it, and it is killed with the group", async () => {
    const { root, exec } = await setUp();
    const marker = join(root, "pid");
    const result = await exec({ command: "sh", args: ["-c", `sleep 60 & echo $! > ${marker}; echo hi`] });
    expect(result).toMatchObject({ status: "exited", code: 0, stdout: "hi\n" });
    // Far below the 60 s for which the pipe would stay open.
    expect(result.durationMs).toBeLessThan(30_000);
    const survivor = await pidIn(marker);
    await until("the grandchild is dead", () => !isAlive(survivor));
  });

  it("R13: one that floods the pipe does not delay the result either", async () => {
    const { exec } = await setUp();
    const result = await exec({ command: "sh", args: ["-c", "yes & exit 4"], maxOutputBytes: 1000 });
    expect(result).toMatchObject({ status: "exited", code: 4 });
  });

  it("R13: one that outlived a quiet parent without the pipe is killed too", async () => {
    const { root, exec } = await setUp();
    const marker = join(root, "pid");
    await exec({ command: "sh", args: ["-c", `sleep 60 >/dev/null 2>&1 & echo $! > ${marker}`] });
    const survivor = await pidIn(marker);
    await until("the grandchild is dead", () => !isAlive(survivor));
    expect(isAlive(survivor)).toBe(false);
  });

  it("R13: all that the tool itself printed is there, though the event loop was busy at its end", async () => {
    const { exec } = await setUp();
    const running = exec({ command: "sh", args: ["-c", "sleep 60 & head -c 60000 /dev/zero | tr '\\0' x"] });
    const busyUntil = performance.now() + 700;
    setTimeout(() => {
      while (performance.now() < busyUntil);
    }, 20);
    expect((await running).stdout).toHaveLength(60_000);
  });
});

describe("R14: survivors", () => {
  it("R14: a tool dies with a runner that is killed", async () => {
    const { root } = await setUp();
    const marker = join(root, "pid");
    const program = `
      import { createExec } from ${JSON.stringify(kit)};
      const exec = createExec({ root: ${JSON.stringify(root)}, runId: "r14", env: process.env });
      await exec({ command: "sh", args: ["-c", "echo $$ > ${marker}; exec sleep 60"] });`;
    const runner = spawn(node, ["--input-type=module", "-e", program], { stdio: "ignore" });
    const tool = await pidIn(marker);
    expect(isAlive(tool)).toBe(true);
    runner.kill("SIGKILL");
    await until("the tool is dead", () => !isAlive(tool));
  });

  it("R14: every process carries the run's id, by which one that left its group is found", async () => {
    const { root } = await setUp();
    const runId = `run-${crypto.randomUUID()}`;
    const exec = createExec({ root, runId, env: { PATH } });
    const marker = join(root, "pid");
    await exec({
      command: "sh",
      args: [
        "-c",
        `setsid sh -c 'echo $$ > ${marker}; exec sleep 60' & while [ ! -s ${marker} ]; do sleep 0.01; done`,
      ],
    });
    const escaped = await pidIn(marker);
    expect(await findSurvivors("TOWPATH_RUN_ID", runId)).toEqual([escaped]);
    process.kill(escaped, "SIGKILL");
    await until("the escaped process is dead", () => !isAlive(escaped));
    expect(await findSurvivors("TOWPATH_RUN_ID", runId)).toEqual([]);
  });
});

describe("R15, R16: output without end", () => {
  it("R15: 1 GB is drained in bounded memory; head and tail are kept and the rest is counted", async () => {
    const root = await tree();
    const program = `
      import { createExec } from ${JSON.stringify(kit)};
      const exec = createExec({ root: ${JSON.stringify(root)}, runId: "r15", env: process.env });
      const { status, stdout, droppedBytes } = await exec({
        command: "sh", args: ["-c", "echo first; head -c 1G /dev/zero | tr '\\\\0' x; echo last"],
      });
      const mark = /\\n\\0\\[… (\\d+) bytes left out …\\]\\n/.exec(stdout);
      console.log(JSON.stringify({ status, droppedBytes, head: stdout.slice(0, 6), tail: stdout.slice(-5),
        marked: Number(mark?.[1]), kept: stdout.length - mark?.[0].length,
        maxRssMb: process.resourceUsage().maxRSS / 1024 }));`;
    const exec = createExec({ root, runId: "outer", env: { PATH } });
    const { stdout, stderr } = await exec({ command: node, args: ["--input-type=module", "-e", program] });
    expect(stderr).toBe("");
    const seen = JSON.parse(stdout);
    const size = 2 ** 30 + 11;
    const kept = 8 * 1024 * 1024;
    expect(seen).toMatchObject({ status: "exited", head: "first\n", tail: "last\n", kept });
    expect(seen.droppedBytes).toBe(size - kept);
    expect(seen.marked).toBe(size - kept);
    expect(seen.maxRssMb).toBeLessThan(200);
  });

  it("R15: both streams are drained, however much each prints", async () => {
    const { exec } = await setUp();
    const flood = "head -c 20000000 /dev/zero >&2; head -c 20000000 /dev/zero";
    const result = await exec({ command: "sh", args: ["-c", flood], maxOutputBytes: 100 });
    expect(result).toMatchObject({ status: "exited", code: 0, droppedBytes: 2 * (20_000_000 - 100) });
  });

  it("R16: one line of 100 MB has the same limit", async () => {
    const { exec } = await setUp();
    const result = await exec({
      command: "sh",
      args: ["-c", "head -c 100000000 /dev/zero | tr '\\0' '\\r'"],
      maxOutputBytes: 1_000,
    });
    expect(result.droppedBytes).toBe(100_000_000 - 1_000);
    expect(result.stdout.length).toBeLessThan(1_100);
  });

  it("R17: an output with a hole can be no JSON document, wherever it was cut", async () => {
    const { exec } = await setUp();
    const text = JSON.stringify(Array.from({ length: 200 }, (_, n) => ({ n, s: "a,b]}" })));
    for (let maxOutputBytes = 4; maxOutputBytes < text.length; maxOutputBytes += 97) {
      const { stdout } = await exec({ command: "cat", args: [], stdin: text, maxOutputBytes });
      expect(() => JSON.parse(stdout)).toThrow(SyntaxError);
    }
  });
});

describe("R18: how a process ended", () => {
  it("R18: any exit code is an exit; a signal is none", async () => {
    const { exec } = await setUp();
    for (const code of [0, 1, 2, 137, 255]) {
      expect(await exec({ command: "sh", args: ["-c", `exit ${code}`] })).toMatchObject({
        status: "exited",
        code,
      });
    }
    for (const signal of ["SIGKILL", "SIGSEGV", "SIGTERM"]) {
      const result = await exec({ command: "sh", args: ["-c", `kill -${signal.slice(3)} $$; sleep 60`] });
      expect(result).toMatchObject({ status: "signalled", code: undefined, signal });
    }
  });
});

describe("R19: bytes that are no text", () => {
  it("R19: invalid UTF-8, NUL and lone surrogates are replaced or kept, never thrown", async () => {
    const { exec } = await setUp();
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0xed, 0xa0, 0x80, 0xc3, 0xa9, 0xf0, 0x9f]);
    const { stdout, status } = await exec({ command: "cat", args: [], stdin: bytes });
    expect(status).toBe("exited");
    expect(stdout).toBe(new TextDecoder().decode(bytes));
  });

  it("R19: a byte order mark is kept, as it makes a report invalid", async () => {
    const { exec } = await setUp();
    expect((await exec({ command: "printf", args: ["\\357\\273\\277{}"] })).stdout).toBe("\ufeff{}");
  });
});

describe("R33: limits of the system", () => {
  it("R33: E2BIG, which is thrown, is data", async () => {
    const { exec } = await setUp();
    const result = await exec({ command: "true", args: ["x".repeat(200_000)] });
    expect(result).toMatchObject({ status: "not-started", startError: { code: "E2BIG" } });
  });

  it("R33: a NUL in an argument, the working directory or a variable is data", async () => {
    const { exec } = await setUp();
    for (const request of [
      { command: "true", args: ["a\0b"] },
      { command: "true\0", args: [] },
      { command: "true", args: [], env: { X: "a\0b" } },
      { command: "true", args: [], cwd: "a\0b" },
    ]) {
      const result = await exec(request);
      expect(result.status).toBe("not-started");
      expect(result.startError?.code).toMatch(/^(?:EINVAL|ENOENT|ENOTDIR)$/);
    }
  });

  it("R33: EMFILE is data, and the runner goes on", async () => {
    const root = await tree();
    const program = `
      import { openSync, closeSync } from "node:fs";
      import { createExec } from ${JSON.stringify(kit)};
      const exec = createExec({ root: ${JSON.stringify(root)}, runId: "r33", env: process.env });
      await exec({ command: "true", args: [] });
      const files = [];
      try { for (;;) files.push(openSync("/dev/null")); } catch {}
      const { status, startError } = await exec({ command: "true", args: [] });
      files.forEach(closeSync);
      console.log(status, startError.code, (await exec({ command: "true", args: [] })).status);`;
    const exec = createExec({ root, runId: "outer", env: { PATH } });
    const run = await exec({
      command: "sh",
      args: ["-c", 'ulimit -n 128; exec "$@"', "sh", node, "--input-type=module", "-e", program],
    });
    expect(run).toMatchObject({ stdout: "not-started EMFILE exited\n", stderr: "" });
  });
});

describe("S9: arguments", () => {
  it("S9: the tool receives exactly the bytes it was given", async () => {
    const { root, exec } = await setUp();
    const echo = await script(root, "echo.js", "process.stdout.write(JSON.stringify(process.argv.slice(2)))");
    const hostile = fc.constantFrom(
      "$(id)",
      "`id`",
      "; id",
      "-rf",
      "--",
      "a\nb",
      '"',
      "'",
      "*",
      "~",
      "@x",
      "\\",
      "%PATH%",
      "",
    );
    const argument = fc
      .oneof(hostile, fc.string({ unit: "grapheme" }), fc.string())
      .filter((text) => !text.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 8 }), async (args) => {
        // Node reads options before the script only, `--` shields it from the rest.
        const { stdout } = await exec({ command: node, args: ["--", echo, ...args] });
        expect(JSON.parse(stdout)).toEqual(args.map((text) => text.toWellFormed()));
      }),
      { numRuns: 25 },
    );
  });

  it("S9: the working directory lies inside the repository or a writable folder, links followed", async () => {
    const outside = await tree();
    const writable = await tree();
    const { root, exec } = await setUp({ writable: [writable, join(outside, "none")] });
    await mkdir(join(root, "in"));
    await symlink(outside, join(root, "link"));
    const status = async (cwd: string): Promise<string | undefined> => {
      const result = await exec({ command: "pwd", args: [], cwd });
      return result.startError?.code ?? result.stdout.trim();
    };
    expect(await status(join(root, "in"))).toBe(join(root, "in"));
    expect(await status("in")).toBe(join(root, "in"));
    expect(await status(writable)).toBe(writable);
    for (const cwd of [outside, "/", "..", join(root, "link"), `${root}-sibling/..`]) {
      expect(await status(cwd)).toMatch(/^(?:EPERM|ENOTDIR)$/);
    }
    expect(await status("none")).toBe("ENOTDIR");
  });
});

describe("S12: secrets", () => {
  it("S12: a child gets an allow-list, what the caller adds, and nothing else", async () => {
    const root = await tree();
    const home = { PATH, HOME: "/home/x", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TMPDIR: "/tmp", TZ: "UTC" };
    const bent = [
      ..."API_TOKEN AWS_SECRET_ACCESS_KEY RUFF_OUTPUT_FILE PYTEST_ADDOPTS PYTEST_PLUGINS COVERAGE_FILE".split(
        " ",
      ),
      ..."PYTEST_DISABLE_PLUGIN_AUTOLOAD COV_CORE_SOURCE MYPYPATH PYTHONSTARTUP PYTHONINSPECT PYTHONPATH".split(
        " ",
      ),
      ..."NODE_OPTIONS FORCE_COLOR PY_COLORS UV_INDEX GIT_DIR LD_PRELOAD TOWPATH_RUN_ID LCOV".split(" "),
    ];
    const env = { ...home, ...Object.fromEntries(bent.map((name) => [name, "bent"])) };
    const exec = createExec({ root, runId: "run-7", env });
    const { stdout } = await exec({
      command: node,
      args: ["-p", "JSON.stringify(process.env)"],
      env: { COVERAGE_RCFILE: "given", TOWPATH_RUN_ID: "forged" },
    });
    expect(JSON.parse(stdout)).toEqual({
      ...home,
      NO_COLOR: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      COVERAGE_RCFILE: "given",
      TOWPATH_RUN_ID: "run-7",
      TOWPATH_CALL_ID: "run-7.1",
    });
  });

  it("S12: output and errors of the start are redacted", async () => {
    const root = await tree();
    const secret = "hunter2-hunter2";
    const exec = createExec({ root, runId: "r", env: { PATH }, ...createRedactor({ API_TOKEN: secret }) });
    const result = await exec({ command: "sh", args: ["-c", `echo out ${secret}; echo err ${secret} >&2`] });
    expect(result).toMatchObject({ stdout: "out ***\n", stderr: "err ***\n" });
    expect((await exec({ command: secret, args: [] })).startError?.message).toBe("*** was not found");
    const nul = await exec({ command: "true", args: [`${secret}\0`] });
    expect(JSON.stringify(nul)).not.toContain(secret);
  });

  it("S12: a tool that is stopped amid a secret does not show its half", async () => {
    const root = await tree();
    const exec = createExec({
      root,
      runId: "r",
      env: { PATH },
      ...createRedactor({ API_TOKEN: "hunter2-hunter2" }),
    });
    const stop = new AbortController();
    const marker = join(root, "pid");
    const work = `printf 'is hunter2-hun'; echo $$ > ${marker}; exec sleep 60`;
    const running = exec({ command: "sh", args: ["-c", work], signal: stop.signal });
    await pidIn(marker);
    stop.abort();
    expect(await running).toMatchObject({ status: "aborted", stdout: "is ***" });
  });

  it("S12: a cut of the output leaves no part of a secret, wherever it falls", async () => {
    const root = await tree();
    const secret = "k3y-Öffentlich/+&<geheim>";
    const exec = createExec({ root, runId: "r", env: { PATH }, ...createRedactor({ API_TOKEN: secret }) });
    const text = `${"a".repeat(20)}${secret}${"b".repeat(20)}${secret}${"c".repeat(20)}`;
    const parts = Array.from({ length: secret.length - 3 }, (_, at) => secret.slice(at, at + 4));
    for (let maxOutputBytes = 0; maxOutputBytes < Buffer.byteLength(text) + 2; maxOutputBytes += 3) {
      const { stdout } = await exec({ command: "cat", args: [], stdin: text, maxOutputBytes });
      expect(
        parts.filter((part) => stdout.includes(part)),
        `${maxOutputBytes} bytes: ${stdout}`,
      ).toEqual([]);
    }
  });
});
