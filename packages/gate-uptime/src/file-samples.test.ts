import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { isBreakage } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { fileSamples } from "./file-samples.ts";

const of = { component: "foo", environment: "staging", digest: "d1" } as const;
const t = Date.UTC(2026, 0, 1);

async function read(text: string, file = "probes.jsonl") {
  const { root } = await project({ [file]: text });
  return fileSamples({ root, file, of });
}

async function problem(reading: Promise<unknown>) {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isBreakage(error)) throw new Error(`no breakage: ${String(error)}`);
  return { kind: error.kind, message: error.message, where: error.details.where };
}

describe("JSON Lines", () => {
  it("hold times and states in both forms", async () => {
    const lines = [
      `{"t": ${t}, "state": "up", "mono": 1, "seq": 1}`,
      '{"t": "2026-01-01T00:00:30Z", "ok": false}',
      '{"t": "2026-01-01T02:01:00.5+02:00", "state": "unknown"}',
    ];
    expect(await read(`${lines.join("\n")}\n`)).toEqual([
      { t, state: "up" },
      { t: t + 30_000, state: "down" },
      { t: t + 60_500, state: "unknown" },
    ]);
  });

  it("may tell of others, whose lines do not count", async () => {
    const about = (more: object): string => `${JSON.stringify({ t, ok: true, ...more })}\n`;
    const text = [
      about({ digest: "d2" }),
      about({ component: "bar" }),
      about({ environment: "production" }),
      about({ ...of }),
    ];
    expect(await read(text.join(""))).toHaveLength(1);
  });

  it.each([
    ["no JSON", "{t: 1}"],
    ["an empty line", ""],
    ["no state", `{"t": ${t}}`],
    ["two states", `{"t": ${t}, "state": "up", "ok": true}`],
    ["another state", `{"t": ${t}, "state": "UP"}`],
    ["an ok that is no truth value", `{"t": ${t}, "ok": 1}`],
    ["a doubled key", `{"t": ${t}, "ok": false, "ok": true}`],
    ["seconds", '{"t": 1767225600, "ok": true}'],
    ["a broken number", '{"t": 1767225600000.5, "ok": true}'],
    ["a time without its zone", '{"t": "2026-01-01T00:00:00", "ok": true}'],
    ["a day that does not exist", '{"t": "2026-13-01T00:00:00Z", "ok": true}'],
    ["a list", "[1]"],
  ])("with %s are refused at their line", async (_, line) => {
    const good = `{"t": ${t}, "ok": true}`;
    expect(await problem(read(`${good}\n${line}\n${good}\n`))).toMatchObject({
      kind: "parse",
      message: expect.stringMatching(/^probes\.jsonl:2: /),
      where: ["probes.jsonl:2"],
    });
  });

  it("that were cut in the middle are refused", async () => {
    const good = `{"t": ${t}, "ok": true}`;
    expect(await problem(read(`${good}\n${good}`))).toMatchObject({ where: ["probes.jsonl:2"] });
    expect(await problem(read(`${good}\n{"t": 17`))).toMatchObject({ where: ["probes.jsonl:2"] });
  });
});

describe("CSV", () => {
  const csv = (text: string) => read(text, "probes.csv");

  it("holds columns by name, quoted or not, with either end of line", async () => {
    const text = `note,"t",state,ok,digest\r\n"a, ""b""",${t},up,,d1\r\n,2026-01-01T00:00:30Z,,0,\r\nx,${t + 60_000},,true,d2\r\n`;
    expect(await csv(text)).toEqual([
      { t, state: "up" },
      { t: t + 30_000, state: "down" },
    ]);
  });

  it.each([
    ["a cell too many", `${t},true,more`],
    ["a cell too few", `${t}`],
    ["a quote in the middle", `${t},tr"ue`],
    ["an ok of its own", `${t},yes`],
    ["no ok", `${t},`],
    ["no time", ",true"],
  ])("with %s is refused at its line", async (_, line) => {
    expect(await problem(csv(`t,ok\n${t},true\n${line}\n`))).toMatchObject({
      kind: "parse",
      where: ["probes.csv:3"],
    });
  });

  it("without its head, or with two columns of one name, is refused", async () => {
    expect(await problem(csv(""))).toMatchObject({ where: ["probes.csv:1"] });
    expect(await problem(csv(`t,ok,ok\n${t},true,false\n`))).toMatchObject({ where: ["probes.csv:1"] });
    expect(await problem(csv(`${t},true\n${t},true\n`))).toMatchObject({ kind: "parse" });
  });
});

describe("the file", () => {
  it("must be there", async () => {
    const { root } = await project({});
    expect(await problem(fileSamples({ root, file: "none.jsonl", of }))).toMatchObject({ kind: "parse" });
  });

  it("must lie inside the repository, links followed", async () => {
    const [inside, outside] = await Promise.all([project({}), project({ "far/probes.jsonl": "" })]);
    await symlink(join(outside.root, "far"), join(inside.root, "near"));
    const reading = fileSamples({ root: inside.root, file: "near/probes.jsonl", of });
    expect(await problem(reading)).toMatchObject({ kind: "tool-config" });
  });
});
