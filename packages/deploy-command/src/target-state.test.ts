import { describe, expect, it } from "vitest";
import { readAnswer } from "./target-state.ts";

const key = "a".repeat(64);
const digest = "b".repeat(64);

describe("readAnswer", () => {
  it.each([
    [`${key} run-1 3 ${digest}\n`, { key, run: "run-1", epoch: 3, digest }],
    [`${key} run-1 3`, { key, run: "run-1", epoch: 3, digest: undefined }],
    [JSON.stringify({ key, run: "r", epoch: "3", digest }), { key, run: "r", epoch: 3, digest }],
    ["null", {}],
    ["{}", {}],
    ['{"key":null}', {}],
  ])("reads %j", (text, state) => {
    expect(readAnswer(text)).toEqual(state);
  });

  it("reads what a target remembers, with and without images", () => {
    const verified = [digest, { digest: key, image: "shop@sha256:1" }];
    expect(readAnswer(JSON.stringify({ verified, rejected: [] })).memory).toEqual({
      verified: [{ digest }, { digest: key, image: "shop@sha256:1" }],
      rejected: [],
      epochs: [],
    });
  });

  it.each([
    "",
    "\n",
    "ok",
    `${key}`,
    `${key} run-1 x ${digest}`,
    `${key} run-1 -1 ${digest}`,
    `${key.toUpperCase()} run-1 3 ${digest}`,
    `${key} run-1 3 ${digest}\n${key} run-1 3 ${digest}`,
    `{"key":"${key}","run":"r","epoch":1.5}`,
    `{"key":"${key}","run":"r","epoch":3,"key":"${digest}"}`,
    `{"key":"${key}"`,
    "[]",
    '{"digest":"latest"}',
    '{"health":"fine"}',
  ])("refuses %j", (text) => {
    expect(() => readAnswer(text)).toThrow(expect.objectContaining({ kind: "parse" }));
  });
});
