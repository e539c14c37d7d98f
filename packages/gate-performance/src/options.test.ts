import { expect, it } from "vitest";
import { options } from "./options.ts";

it("counts 1000 requests over 10 connections, and takes 5 s for the limit of TTA's files", () => {
  expect(options.parse({ requests: [{ path: "/" }] })).toEqual({
    requests: [{ method: "GET", path: "/", headers: {} }],
    connections: 10,
    amount: 1_000,
    durationMs: 30_000,
    limits: { p95Ms: 5_000, errorRate: 0 },
  });
});

it("measures for a time if a time is given", () => {
  expect(options.parse({ requests: [{ path: "/" }], durationMs: 500 })).toMatchObject({
    amount: 100_000,
    durationMs: 500,
  });
});

it("sends text as it is, and anything else as JSON", () => {
  const [text, json, typed] = options.parse({
    requests: [
      { method: "POST", path: "/", body: "a=1" },
      { method: "POST", path: "/", body: { a: [1] } },
      { method: "POST", path: "/", body: [], headers: { "Content-Type": "application/vnd.api+json" } },
    ],
  }).requests;
  expect(text).toMatchObject({ body: "a=1", headers: {} });
  expect(json).toMatchObject({ body: '{"a":[1]}', headers: { "content-type": "application/json" } });
  expect(typed).toMatchObject({ body: "[]", headers: { "Content-Type": "application/vnd.api+json" } });
});

it.each([
  [undefined],
  [{}],
  [{ requests: [] }],
  [{ requests: [{ path: "books" }] }],
  [{ requests: [{ path: "http://example.org/" }] }],
  [{ requests: [{ path: "/a b" }] }],
  [{ requests: [{ path: "/a\r\nHost: example.org" }] }],
  [{ requests: [{ path: "/", headers: { Host: "example.org" } }] }],
  [{ requests: [{ path: "/", headers: { "x-a": "1\r\nx-b: 2" } }] }],
  [{ requests: [{ path: "/", headers: { "x a": "1" } }] }],
  [{ requests: [{ path: "/", method: "CONNECT" }] }],
  [{ requests: [{ path: "/", url: "/" }] }],
  [{ requests: [{ path: "/" }], amount: 19 }],
  [{ requests: [{ path: "/a" }, { path: "/b" }], amount: 39 }],
  [{ requests: [{ path: "/" }], durationMs: 30_001 }],
  [{ requests: [{ path: "/" }], limits: { memoryMb: 512 } }],
  [{ requests: [{ path: "/" }], limits: { errorRate: 5 } }],
])("refuses %j", (written) => {
  expect(options.safeParse(written).success).toBe(false);
});
