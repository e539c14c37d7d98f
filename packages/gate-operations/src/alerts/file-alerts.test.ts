import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { targetIn } from "../../test/target.ts";
import { fileAlerts } from "./file-alerts.ts";

const since = Date.parse("2026-11-20T12:00:00Z");

async function read(text: string): Promise<readonly string[]> {
  const { root } = await project({ "alerts.jsonl": text });
  return fileAlerts("alerts.jsonl").alerts(targetIn(root), since);
}

it("reads the alerts from a time on", async () => {
  const lines = [
    '{"at": "2026-11-20T11:59:59.999Z", "text": "before"}',
    '{"at": "2026-11-20T12:00:00Z", "text": "at"}',
    "",
    '{"at": "2026-11-20T13:00:05+01:00", "text": "in another zone", "severity": "page"}',
    `{"at": ${since / 1000 + 1}, "text": "seconds"}`,
    `{"at": ${since - 1}, "text": "milliseconds before"}`,
    `{"at": ${since + 1}, "text": "milliseconds"}`,
  ];
  expect(await read(`${lines.join("\n")}\n`)).toEqual(["at", "in another zone", "seconds", "milliseconds"]);
});

it("does not take an alert about another component for one about this", async () => {
  const at = new Date(since).toISOString();
  const lines = [
    { at, text: "theirs", component: "bar" },
    { at, text: "ours", component: "foo" },
  ];
  expect(await read(lines.map((line) => `${JSON.stringify(line)}\n`).join(""))).toEqual(["ours"]);
});

it("leaves out the line that is still being written", async () => {
  expect(await read('{"at": "2026-11-20T12:00:00Z", "text": "whole"}\n{"at": "2026-11-2')).toEqual(["whole"]);
});

it("has no alert as long as the file does not exist", async () => {
  const { root } = await project({});
  const said: string[] = [];
  const target = targetIn(root, { log: (line) => void said.push(line) });
  expect(await fileAlerts("alerts.jsonl").alerts(target, since)).toEqual([]);
  expect(said).toEqual(["alerts.jsonl does not exist yet"]);
});

it.each([
  ["no JSON", "shelf is down\n"],
  ["a time without a zone", '{"at": "2026-11-20T12:00:00", "text": "x"}\n'],
  ["no time", '{"text": "x"}\n'],
  ["no text", '{"at": 1763640000}\n'],
])("refuses a line with %s", async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ kind: "parse" });
});

it("reads the end of a file that has grown for years", async () => {
  const old = '{"at": 1, "text": "old"}\n'.repeat(50_000);
  expect(await read(`no alert at all\n${old}{"at": "2026-11-20T12:00:01Z", "text": "new"}\n`)).toEqual([
    "new",
  ]);
});

it("makes one safe line of each", async () => {
  const text = JSON.stringify({ at: since, text: `\u001b[31mfoo\nis down ${"x".repeat(500)}` });
  const [line = ""] = await read(`${text}\n`);
  expect(line).toMatch(/^foo is down x+ … /);
  expect(line.length).toBeLessThan(260);
});

it("reads nothing outside of the repository, and nothing that is no file", async () => {
  const outside = await project({ "alerts.jsonl": "" });
  const { root } = await project({});
  await symlink(join(outside.root, "alerts.jsonl"), join(root, "link.jsonl"));
  await mkdir(join(root, "folder"));
  const ask = (file: string): Promise<unknown> => fileAlerts(file).alerts(targetIn(root), since);
  await expect(ask("link.jsonl")).rejects.toMatchObject({ data: { code: "TP1005" } });
  await expect(ask("../alerts.jsonl")).rejects.toMatchObject({ data: { code: "TP1005" } });
  await expect(ask("folder")).rejects.toMatchObject({ kind: "environment" });
  await writeFile(join(root, "file"), "");
  await expect(ask("file/alerts.jsonl")).rejects.toMatchObject({ kind: "environment" });
});
