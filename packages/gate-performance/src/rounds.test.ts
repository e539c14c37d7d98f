import { expect, it } from "vitest";
import type { Round, Sample } from "./load.ts";
import { measureRounds } from "./rounds.ts";

/** A round with so many fast (10 ms) and slow (90 ms) good answers to one request. */
function round(fast: number, slow: number): Round {
  const sample = (ms: number): Sample => ({ request: 0, ms, decided: true, timed: true });
  return {
    samples: [
      ...Array.from({ length: fast }, () => sample(10)),
      ...Array.from({ length: slow }, () => sample(90)),
    ],
    seconds: 2,
  };
}

function bring(...rounds: readonly Round[]): () => Promise<Round> {
  const left = [...rounds];
  return async () => left.shift() ?? Promise.reject(new Error("one round too many"));
}

it.each([
  ["below", round(1000, 0), 10],
  ["above", round(800, 200), 90],
])("needs one round where the figure is clearly %s the limit", async (_, only, p95) => {
  const measured = await measureRounds(bring(only), 1, 50);
  expect(measured).toMatchObject({ rounds: 1, seconds: 2, requests: [{ p95, unclear: false }] });
});

it("measures again where chance decides, until it is clear", async () => {
  const measured = await measureRounds(bring(round(951, 49), round(1000, 0)), 1, 50);
  expect(measured).toMatchObject({
    rounds: 2,
    seconds: 4,
    requests: [{ p95: 10, answers: 2000, unclear: false }],
  });
});

it.each([
  [[round(950, 50), round(950, 50), round(950, 50)], 10],
  [[round(950, 50), round(950, 50), round(949, 51)], 90],
])("decides by all rounds after the third", async (rounds, p95) => {
  const measured = await measureRounds(bring(...rounds), 1, 50);
  expect(measured).toMatchObject({
    rounds: 3,
    requests: [{ p95, answers: 3000, interval: { low: 10, high: 90 }, unclear: true }],
  });
});

it("looks at each request alone: a slow one does not hide among fast ones", async () => {
  const mixed = round(960, 40);
  const samples = mixed.samples.map((sample) => ({ ...sample, request: sample.ms === 90 ? 1 : 0 }));
  const { requests } = await measureRounds(bring({ ...mixed, samples }), 2, 50);
  expect(requests).toMatchObject([
    { p95: 10, answers: 960 },
    { p95: 90, answers: 40 },
  ]);
});

it("tells errors apart by request and reason, and times only what tells a time", async () => {
  const bad = { request: 0, ms: 1, error: "status 500", decided: true, timed: false };
  const given = { request: 0, ms: 200, error: "no answer in time", decided: true, timed: true };
  const { samples } = round(96, 0);
  const { errors, errorRate, requests } = await measureRounds(
    bring({ samples: [...samples, bad, bad, bad, given], seconds: 1 }),
    1,
    50,
  );
  expect([...errors.values()]).toEqual([
    { request: 0, error: "status 500", count: 3 },
    { request: 0, error: "no answer in time", count: 1 },
  ]);
  expect(errorRate).toBe(0.04);
  expect(requests).toMatchObject([{ answers: 97 }]);
});
