import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "@towpath/core";
import { createExec } from "@towpath/kit";
import { fakeTool, project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { type Alert, createAlerter, watchOutages } from "./alert.ts";

const t0 = Date.UTC(2026, 0, 1);

function samples(states: string): Sample[] {
  return [...states].map((letter, index) => ({
    component: "foo",
    environment: "staging",
    digest: "d1",
    t: t0 + index * 1_000,
    state: letter === "u" ? "up" : letter === "d" ? "down" : "unknown",
  }));
}

describe("the watch", () => {
  /** What is told, with the number of the sample that set it off; `fail` says which of the alerts are lost. */
  function told(after: number, states: string, fail: readonly number[] = []): string[] {
    const watch = watchOutages(after);
    let count = 0;
    return samples(states).flatMap((sample, index) => {
      const alert = watch.see(sample);
      if (alert === undefined) return [];
      count += 1;
      if (fail.includes(count)) watch.failed(alert);
      return [`${alert.state}@${index}`];
    });
  }

  it.each([
    [2, "uuududduuu", ["down@6", "recovered@7"]],
    [1, "udddduudu", ["down@1", "recovered@5", "down@7", "recovered@8"]],
    [3, "dduddd", ["down@5"]],
    [2, "uuuu", []],
    [2, "d?d??u", ["down@2", "recovered@5"]],
    [2, "d?u?d", []],
  ])("tells after %d in a row of %s: %j", (after, states, expected) => {
    expect(told(after, states)).toEqual(expected);
  });

  it("tells again what was not delivered, while it is still true", () => {
    expect(told(2, "dddduu", [1, 2])).toEqual(["down@1", "down@2", "down@3", "recovered@4"]);
    expect(told(2, "dduuu", [2])).toEqual(["down@1", "recovered@2", "recovered@3"]);
    expect(told(1, "dudu", [2])).toEqual(["down@0", "recovered@1", "down@2", "recovered@3"]);
  });

  it("says since when, and how often", () => {
    const watch = watchOutages(2);
    const [alert] = samples("uddd").flatMap((sample) => watch.see(sample) ?? []);
    expect(alert).toEqual({
      schemaVersion: 1,
      kind: "uptime",
      state: "down",
      component: "foo",
      environment: "staging",
      digest: "d1",
      since: "2026-01-01T00:00:01.000Z",
      at: "2026-01-01T00:00:02.000Z",
      downs: 2,
      text: "foo in staging is down after 2 probes that were down",
    });
  });
});

describe("delivery", () => {
  const alert: Alert = {
    schemaVersion: 1,
    kind: "uptime",
    state: "down",
    component: "foo",
    environment: "staging",
    digest: "d1",
    since: "2026-01-01T00:00:00.000Z",
    at: "2026-01-01T00:00:30.000Z",
    downs: 2,
    detail: "status 500,\nnot 200",
    text: "foo in staging is down",
  };
  const execIn = (root: string) => createExec({ root, runId: "alert", env: { PATH: process.env["PATH"] } });

  it("adds a line to a file, whose folder is made", async () => {
    const { root } = await project({});
    const tell = createAlerter({ file: "var/alerts.jsonl", after: 2 }, { exec: execIn(root), root });
    await tell(alert);
    await tell({ ...alert, state: "recovered" });
    const lines = (await readFile(join(root, "var/alerts.jsonl"), "utf8")).split("\n");
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? "")).toEqual(alert);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ state: "recovered" });
  });

  it("writes no file outside of the repository", async () => {
    const [inside, outside] = await Promise.all([project({}), project({ "x.txt": "" })]);
    await symlink(outside.root, join(inside.root, "var"));
    const parts = { exec: execIn(inside.root), root: inside.root };
    await expect(createAlerter({ file: "var/alerts.jsonl", after: 2 }, parts)(alert)).rejects.toThrow(
      /outside/,
    );
  });

  it("gives a command one line on standard input", async () => {
    const { root } = await project({});
    const command = await fakeTool(root, "notify", {
      script: `const text = require("node:fs").readFileSync(0, "utf8"); require("node:fs").writeFileSync(args[0], text);`,
    });
    const got = join(root, "got");
    await createAlerter({ command: [command, got], after: 2 }, { exec: execIn(root), root })(alert);
    const text = await readFile(got, "utf8");
    expect(text.split("\n")).toHaveLength(2);
    expect(JSON.parse(text)).toEqual(alert);
  });

  it("fails when the command does", async () => {
    const { root } = await project({});
    const parts = { exec: execIn(root), root };
    const command = await fakeTool(root, "notify", { exit: 7, stderr: "no route" });
    await expect(createAlerter({ command: [command], after: 2 }, parts)(alert)).rejects.toThrow(
      /exit code 7/,
    );
    await expect(createAlerter({ command: [join(root, "none")], after: 2 }, parts)(alert)).rejects.toThrow(
      /not delivered/,
    );
  });
});
