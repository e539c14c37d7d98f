import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { methods, type RequestPermissionRequest, RequestError } from "@agentclientprotocol/sdk";
import { serve, type Turn } from "./serve.ts";

/** What it does wrong, and where the real tree lies. */
const [, , wrong = "", root = ""] = process.argv;

const write = (path: string, text: string): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
};
const own = "src/foo/shelf.py";
const add = (path: string, text: string): void => appendFileSync(path, text);
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000));
const options: RequestPermissionRequest["options"] = [
  { optionId: "yes", name: "Yes", kind: "allow_once" },
  { optionId: "always", name: "Always", kind: "allow_always" },
  { optionId: "no", name: "No", kind: "reject_once" },
];

async function tryWrite({ client, sessionId, say }: Turn, path: string): Promise<void> {
  try {
    await client.request(methods.client.fs.writeTextFile, { sessionId, path, content: "owned\n" });
    await say(`wrote ${path}; `);
  } catch (error) {
    await say(`${path}: ${error instanceof RequestError ? error.message : String(error)}; `);
  }
}

const deeds: Record<string, (turn: Turn) => Promise<"refusal" | "max_tokens" | "cancelled" | void>> = {
  async "protocol-outside"(turn) {
    for (const path of [
      "../out.txt",
      `${root}/src/foo/shelf.py`,
      "conftest.py",
      "tests/test_old.py",
      "README.md",
    ])
      await tryWrite(turn, path.startsWith("/") ? path : join(turn.cwd, path));
  },
  async absolute() {
    write(`${root}/${own}`, "owned = True\n");
    write(`${root}/conftest.py`, "owned = True\n");
    write(`${root}/new.txt`, "new\n");
    rmSync(`${root}/README.md`);
    write(`${root}/.git/hooks/post-checkout`, "#!/bin/sh\n");
    add(`${root}/.git/config`, "[core]\n\tfsmonitor = evil\n");
  },
  async "folder-swap"({ cwd }) {
    rmSync(`${root}/src`, { recursive: true });
    symlinkSync(join(cwd, "src"), `${root}/src`);
  },
  async pristine({ cwd }) {
    write(`${root}/${own}`, "owned = True\n");
    write(join(cwd, "../before", own), "owned = True\n");
  },
  async symlink({ cwd }) {
    symlinkSync(join(root, "src/foo"), join(cwd, "src/foo/link"));
    writeFileSync(join(cwd, "src/foo/link/shelf.py"), "owned = True\n");
  },
  async "symlink-file"({ cwd }) {
    rmSync(join(cwd, own));
    symlinkSync("../../README.md", join(cwd, own));
  },
  async "through-link"({ cwd }) {
    writeFileSync(join(cwd, "src/foo/alias.py"), "owned = True\n");
  },
  async outside({ cwd }) {
    write(join(cwd, "src/other/a.py"), "x = 1\n");
    write(join(cwd, own), "fine = True\n");
  },
  async "weaken-test"({ cwd }) {
    write(join(cwd, "tests/test_old.py"), "def test_old():\n    assert True\n");
  },
  async "delete-test"({ cwd }) {
    rmSync(join(cwd, "tests/test_old.py"));
  },
  async skip({ cwd }) {
    write(
      join(cwd, "tests/test_new.py"),
      "import pytest\n\n\n@pytest.mark.skip\ndef test_new():\n    pass\n",
    );
  },
  async noqa({ cwd }) {
    add(join(cwd, own), "import os  # noqa: F401\n");
  },
  async config({ cwd }) {
    add(join(cwd, "pyproject.toml"), "[tool.coverage.run]\nomit = ['*']\n");
    write(join(cwd, "tests/conftest.py"), "collect_ignore_glob = ['*']\n");
    write(join(cwd, "src/foo/conftest.py"), "");
    add(join(cwd, "towpath.config.yaml"), "# more\n");
  },
  async spec({ cwd }) {
    add(join(cwd, "specs/foo.md"), "Everything is optional.\n");
  },
  async huge({ cwd }) {
    write(join(cwd, "src/foo/big.py"), "x = 1\n".repeat(400_000));
  },
  async sparse({ cwd }) {
    const file = openSync(join(cwd, "src/foo/sparse.py"), "w");
    ftruncateSync(file, 2 ** 42);
    closeSync(file);
    const real = openSync(join(root, "README.md"), "r+");
    ftruncateSync(real, 2 ** 42);
    closeSync(real);
  },
  async deep({ cwd }) {
    process.chdir(join(cwd, "src/foo"));
    for (let depth = 0; depth < 100; depth++) {
      mkdirSync("d".repeat(200));
      process.chdir("d".repeat(200));
    }
  },
  async names({ cwd }) {
    writeFileSync(Buffer.concat([Buffer.from(join(cwd, "src/foo/")), Buffer.from([0xff, 0xfe])]), "x");
    writeFileSync(join(cwd, "src/foo/new\nline.py"), "x = 1\n");
  },
  async fifo({ cwd }) {
    execFileSync("mkfifo", [join(cwd, "src/foo/pipe.py")]);
    rmSync(join(root, own));
    execFileSync("mkfifo", [join(root, own)]);
  },
  async "remove-open"({ cwd }) {
    rmSync(join(cwd, "tests/steps.py"));
  },
  async nul({ cwd }) {
    writeFileSync(join(cwd, "src/foo/nul.py"), "x = 1\0\n");
  },
  async "terminal-kill"({ client, sessionId, say }) {
    const terminal = await client.createTerminal({
      sessionId,
      command: "node",
      args: ["-e", "setInterval(() => {}, 1000)"],
    });
    const before = await terminal.currentOutput();
    await terminal.kill();
    const { signal } = await terminal.waitForExit();
    await say(`${before.output === "" && before.exitStatus === undefined} ${signal}`);
    await client.createTerminal({ sessionId, command: "node", args: ["-e", "setInterval(() => {}, 1000)"] });
    await client
      .createTerminal({ sessionId, command: "node", cwd: "/" })
      .catch((error: unknown) => say(` ${error instanceof Error ? error.message : ""}`));
  },
  async binary({ cwd }) {
    writeFileSync(join(cwd, "src/foo/data.bin"), Buffer.from([0, 255, 254, 1]));
  },
  async many({ cwd }) {
    for (let count = 0; count < 700; count++) writeFileSync(join(cwd, `src/foo/m${count}.py`), "x = 1\n");
  },
  async forever({ cwd, say }) {
    add(join(cwd, own), "half = 'done'\n");
    await say("on and on");
    await forever();
  },
  async cancellable({ cwd, say, cancelled }) {
    add(join(cwd, own), "half = 'done'\n");
    await say("on and on");
    await new Promise((resolve) => cancelled.addEventListener("abort", resolve));
    writeFileSync(join(root, "told.log"), "");
    return "cancelled";
  },
  async flood({ update }) {
    const text = "x".repeat(64 * 1024);
    for (;;) await update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text } });
  },
  async "flood-small"({ update }) {
    for (;;) await update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "." } });
  },
  async "flood-stderr"({ say }) {
    const chunk = "e".repeat(1024 * 1024);
    for (let count = 0; count < 200; count++)
      if (!process.stderr.write(chunk)) await new Promise((resolve) => process.stderr.once("drain", resolve));
    await say("quiet now");
  },
  async dies({ cwd }) {
    add(join(cwd, own), "half = 'done'\n");
    process.stderr.write("out of luck\n");
    process.kill(process.pid, "SIGKILL");
  },
  async permissions({ client, sessionId, cwd, say }) {
    const asked: RequestPermissionRequest["toolCall"][] = [
      { toolCallId: "1", kind: "execute", title: "rm -rf /" },
      { toolCallId: "2", kind: "edit", title: "no place" },
      { toolCallId: "3", kind: "edit", locations: [{ path: join(cwd, own) }, { path: "/etc/passwd" }] },
      { toolCallId: "4", kind: "edit", locations: [{ path: join(cwd, "conftest.py") }] },
      { toolCallId: "5", kind: "fetch" },
      { toolCallId: "6" },
      { toolCallId: "7", kind: "edit", locations: [{ path: join(cwd, own) }] },
    ];
    for (const toolCall of asked) {
      const { outcome } = await client.request(methods.client.session.requestPermission, {
        sessionId,
        toolCall,
        options,
      });
      await say(outcome.outcome === "selected" ? `${outcome.optionId} ` : `${outcome.outcome} `);
    }
  },
  async deaf() {
    process.on("SIGTERM", () => {});
    writeFileSync(join(root, "pid.log"), String(process.pid));
    await forever();
  },
  async grandchildren() {
    const stays = ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"];
    const away = spawn(process.execPath, stays, { detached: true, stdio: "ignore" });
    const near = spawn(process.execPath, stays, { stdio: "ignore" });
    away.unref();
    near.unref();
    process.stdout.write("");
    writeFileSync(process.argv[4] ?? "", `${away.pid} ${near.pid}`);
  },
  async budget({ update }) {
    await update({
      sessionUpdate: "usage_update",
      used: 5001,
      size: 9000,
      cost: { amount: 3, currency: "USD" },
    });
    await forever();
  },
  async elicit({ client, sessionId }) {
    await client.request("elicitation/create", {
      sessionId,
      mode: "form",
      message: "Which key shall I take?",
      requestedSchema: { type: "object", properties: {} },
    });
    await forever();
  },
  async terminal({ client, sessionId, cwd, say }) {
    for (const command of ["rm", "node"]) {
      try {
        const terminal = await client.createTerminal({ sessionId, command, args: ["-p", "6 * 7"], cwd });
        await terminal.waitForExit();
        const { output } = await terminal.currentOutput();
        await say(`${command}: ${output.trim()}; `);
        await terminal.release();
      } catch (error) {
        await say(`${command}: ${error instanceof Error ? error.message : ""}; `);
      }
    }
  },
  async refuses({ cwd }) {
    add(join(cwd, own), "half = 'done'\n");
    return "refusal";
  },
  async "out-of-tokens"({ cwd }) {
    add(join(cwd, own), "half = 'done'\n");
    return "max_tokens";
  },
  async "cancels-itself"() {
    return "cancelled";
  },
  async leftovers({ cwd }) {
    write(join(cwd, "src/foo/__pycache__/shelf.cpython-311.pyc"), "cache");
    write(join(cwd, ".pytest_cache/README.md"), "cache");
    write(join(cwd, "ignored.log"), "log");
    write(join(cwd, ".git/HEAD"), "ref: refs/heads/main\n");
    add(join(cwd, own), "more = 1\n");
  },
  async env({ say }) {
    const names = ["API_KEY", "OTHER_SECRET", "HOME"].filter((name) => process.env[name] !== undefined);
    await say(names.join(" "));
  },
  async session({ sessionId, say }) {
    await say(sessionId);
  },
  async open({ cwd }) {
    add(join(cwd, "tests/steps.py"), "STEP = 1\n");
    if (!readFileSync(join(cwd, "tests/test_made.py"), "utf8").includes("made")) throw new Error("no test");
  },
  async slow() {
    await delay(50);
  },
};

serve(async (turn) => {
  const deed = deeds[wrong];
  if (deed === undefined) throw new Error(`no such deed: ${wrong}`);
  return deed(turn);
});
