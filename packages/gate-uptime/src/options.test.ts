import { isTowpathError } from "@towpath/core";
import { describe, expect, it } from "vitest";
import uptime, { parseUptimeOptions, type UptimeUserOptions } from "./index.ts";

const refuses = async (raw: unknown, words: RegExp): Promise<void> => {
  const error: unknown = await parseUptimeOptions(raw).catch((thrown: unknown) => thrown);
  expect(isTowpathError(error) && error.data.code).toBe("TP1208");
  expect(String(error)).toMatch(words);
};

it("asks for seven days at 99.5 %, probed by HTTP every 30 s", async () => {
  expect(await parseUptimeOptions(undefined)).toEqual({
    windowMs: 604_800_000,
    intervalMs: 30_000,
    target: 99.5,
    mode: "strict",
    demo: false,
    source: "journal",
    probe: { http: { path: "/health", status: 200 } },
    timeoutMs: 5_000,
  });
});

it("takes every option in its documented form", async () => {
  const written: UptimeUserOptions = {
    window: "90s",
    interval: "1s",
    target: 90,
    mode: "lenient",
    demo: true,
    source: { prometheus: { url: "http://127.0.0.1:9090/base", query: 'probe_success{job="foo"}' } },
    probe: { http: { path: "/up", status: 204, version: {} } },
    timeout: "500ms",
    alert: { command: ["notify", "--json"] },
  };
  expect(await parseUptimeOptions(written)).toMatchObject({
    windowMs: 90_000,
    probe: { http: { path: "/up", status: 204, version: { path: "/version", field: "release" } } },
    timeoutMs: 500,
    alert: { command: ["notify", "--json"], after: 2 },
  });
  for (const probe of [{ tcp: {} }, { tcp: { port: 5432 } }, { command: ["check"] }])
    expect((await parseUptimeOptions({ probe })).probe).toEqual(probe);
  for (const file of ["probes.jsonl", "data/probes.csv"])
    expect((await parseUptimeOptions({ source: { file } })).source).toEqual({ file });
});

it("does not wait longer for an answer than an interval, if nothing else is said", async () => {
  const { timeoutMs } = await parseUptimeOptions({ demo: true, window: "90s", interval: "1s" });
  expect(timeoutMs).toBe(1_000);
});

describe("a soak that is too easy", () => {
  it.each([
    [{ window: "6d" }, /window: less than 7 d/],
    [{ target: 99.4 }, /target: less than 99\.5 %/],
    [{ interval: "6m" }, /interval: more than 5 min/],
  ])("is refused: %j", async (raw, words) => {
    await refuses(raw, words);
    expect(await parseUptimeOptions({ ...raw, demo: true })).toMatchObject({ demo: true });
    expect((await uptime(raw).validate()).ok).toBe(false);
  });
});

it.each([
  [{ optionThatNobodyKnows: 1 }, /optionThatNobodyKnows/],
  [{ target: 0, demo: true }, /target/],
  [{ target: 100.1 }, /target/],
  [{ window: "forever" }, /window: must be a duration/],
  [{ interval: "10ms" }, /interval: must be at least 100 ms/],
  [{ interval: "8d", demo: true }, /interval: must not be longer/],
  [{ window: "9999d", interval: "1s" }, /interval: more than/],
  [{ timeout: "31s" }, /timeout: must not be longer/],
  [{ timeout: "0s" }, /timeout/],
  [{ source: "kuma" }, /source: must be journal/],
  [{ source: { file: "../probes.csv" } }, /inside the repository/],
  [{ source: { file: "/probes.csv" } }, /inside the repository/],
  [{ source: { file: "probes.txt" } }, /jsonl or \.csv/],
  [{ source: { prometheus: { url: "file:///etc/passwd", query: "up" } } }, /http/],
  [{ source: { prometheus: { url: "http://me:secret@host", query: "up" } } }, /user or a password/],
  [{ source: { prometheus: { url: "http://host", query: "max_over_time(up[1h])" } } }, /selector/],
  [{ probe: { command: [] } }, /probe/],
  [{ probe: { http: { path: "health" } } }, /must begin with/],
  [{ alert: { file: "alerts.jsonl", command: ["x"] } }, /alert/],
])("refuses %j", async (raw, words) => {
  await refuses(raw, words);
});
