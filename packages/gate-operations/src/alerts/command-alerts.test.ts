import { fakeTool, project } from "@towpath/testkit";
import type { FakeBehaviour } from "@towpath/testkit";
import { expect, it } from "vitest";
import { targetIn } from "../../test/target.ts";
import { commandAlerts } from "./command-alerts.ts";

const since = Date.parse("2026-11-20T12:00:00Z");
const { root } = await project({});
let made = 0;

async function ask(behaviour: FakeBehaviour, ...args: readonly string[]): Promise<readonly string[]> {
  const name = `alerts-${++made}`;
  await fakeTool(`${root}/bin`, name, behaviour);
  return commandAlerts([`bin/${name}`, ...args]).alerts(targetIn(root), since);
}

const before = { at: since - 1, text: "before" };
const after = { at: since + 1, text: "after" };

it("reads a JSON array, JSON lines, and nothing", async () => {
  expect(await ask({ stdout: JSON.stringify([before, after], undefined, 2) })).toEqual(["after"]);
  expect(await ask({ stdout: `${JSON.stringify(before)}\n${JSON.stringify(after)}\n` })).toEqual(["after"]);
  expect(await ask({ stdout: "[]" })).toEqual([]);
  expect(await ask({})).toEqual([]);
});

it("says to the command what it is asked about, as arguments and never by a shell", async () => {
  const script = "process.stdout.write(JSON.stringify([{ at: 4e12, text: args.join('|') }]));";
  const lines = await ask({ script }, "--service={component}", "{environment}", "$(id); {other}");
  expect(lines).toEqual(["--service=foo|staging|$(id); {other}"]);
});

it("does not believe what a command prints that fails", async () => {
  const failing = ask({ stdout: JSON.stringify([after]), stderr: "no token", exit: 2 });
  await expect(failing).rejects.toMatchObject({
    kind: "tool-crash",
    message: expect.stringContaining("ended with code 2"),
    details: { why: "no token" },
  });
  await expect(ask({ signal: "SIGKILL" })).rejects.toMatchObject({ kind: "tool-crash" });
});

it.each([["{"], ["[1]"], ["shelf is down"], [`[${JSON.stringify(after)}`]])("refuses %s", async (stdout) => {
  await expect(ask({ stdout })).rejects.toMatchObject({ kind: "parse" });
});

it("refuses more output than it reads", async () => {
  await expect(ask({ flood: 5 * 1024 * 1024 })).rejects.toMatchObject({
    kind: "parse",
    message: expect.stringContaining("printed more than"),
  });
});

it("says that there is no such command", async () => {
  const asked = commandAlerts(["no-such-command"]).alerts(targetIn(root), since);
  await expect(asked).rejects.toMatchObject({ kind: "tool-missing" });
});
