import type { FakeBehaviour } from "./fake-behaviour.ts";

/** The CommonJS program of a fake tool. Its behaviour stands in it as JSON, bytes as base64. */
export function fakeProgram(behaviour: FakeBehaviour): string {
  const { script, ...rest } = behaviour;
  const plan = JSON.stringify(rest, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value,
  );
  return `"use strict";
const { appendFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const plan = ${plan};
const args = process.argv.slice(2);
const env = process.env;
if (plan.version !== undefined && args.includes("--version")) {
  process.stdout.write(plan.version + "\\n");
} else {
${script ?? standard}
}
`;
}

/** How long what never ends would run if nobody ended it, in milliseconds: a test that fails must not leave it for good. */
const foreverMs = 300_000;

/** Streams are written by events: `writeSync` to a pipe that is full throws EAGAIN. */
const standard = `
  const bytes = (data) => (typeof data === "object" ? Buffer.from(data.base64, "base64") : Buffer.from(data ?? ""));
  const pathOf = (file) => {
    if (file.env !== undefined) return env[file.env];
    const at = args.indexOf(file.arg);
    return at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(file.arg + "="))?.slice(file.arg.length + 1);
  };
  const write = (stream, data) => new Promise((resolve) => stream.write(data, resolve));
  const flood = async (left) => {
    const chunk = Buffer.alloc(1 << 20, "x");
    for (; left > 0; left -= chunk.length) await write(process.stdout, chunk.subarray(0, left));
  };
  const stay = () => {
    process.on("SIGTERM", () => {});
    setTimeout(() => process.exit(), ${foreverMs});
  };
  const forever = "process.on('SIGTERM', () => {}); setTimeout(() => process.exit(), ${foreverMs}); process.send?.('up')";
  const grandchild = () => new Promise((resolve) => {
    const child = spawn(process.execPath, ["-e", forever], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.once("message", () => { child.disconnect(); child.unref(); resolve(child.pid); });
  });
  (async () => {
    for (const file of plan.files ?? []) {
      const path = pathOf(file);
      if (path !== undefined) writeFileSync(path, bytes(file.text));
    }
    if (plan.hang) stay();
    const pids = [process.pid];
    if (plan.grandchild) pids.push(await grandchild());
    if (plan.tellEnv) await write(process.stderr, JSON.stringify(env) + "\\n");
    await write(process.stdout, bytes(plan.stdout));
    await write(process.stderr, bytes(plan.stderr));
    if (plan.pids !== undefined) appendFileSync(plan.pids, pids.join("\\n") + "\\n");
    await flood(plan.flood ?? 0);
    if (plan.hang) return;
    if (plan.signal !== undefined) return process.kill(process.pid, plan.signal);
    process.exit(plan.exit ?? 0);
  })();
`;
