import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Clock,
  type DeploymentFact,
  type Exec,
  isBreakage,
  memoryJournal,
  recordsOf,
  type Sample,
  systemClock,
} from "@towpath/core";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Alert,
  budgetBurnt,
  parseUptimeOptions,
  probeOnce,
  type ProberParts,
  questionOf,
  startProber,
  uptimeOf,
  type UptimeUserOptions,
} from "./index.ts";

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const t0 = Date.UTC(2026, 0, 1);

/** A clock that stands, and jumps to the end of each sleep. */
class FakeClock implements Clock {
  wall: number;
  mono = 0;
  readonly sleeps: number[] = [];
  /** Called at the end of each sleep. */
  awake: () => void = () => undefined;

  constructor(wall: number) {
    this.wall = wall;
  }
  now(): number {
    return this.wall;
  }
  monotonic(): number {
    return this.mono;
  }
  async sleep(ms: number): Promise<void> {
    if (this.sleeps.length > 100_000) throw new Error("the prober never ends");
    this.sleeps.push(ms);
    this.pass(ms);
    this.awake();
  }
  pass(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

function fact(digest: string, more: Partial<DeploymentFact> = {}): DeploymentFact {
  return {
    kind: "deployment",
    environment: "staging",
    state: "deployed",
    digest,
    current: digest,
    url: "http://127.0.0.1:1",
    at: new Date(t0).toISOString(),
    ...more,
  };
}

/** A prober whose probe is a command that says what the test says. */
async function bench(options: UptimeUserOptions = {}, start: number = t0 + 5 * second) {
  const clock = new FakeClock(start);
  const journal = memoryJournal();
  const stop = new AbortController();
  const log: string[] = [];
  const seen: Sample[] = [];
  const deploy = (one: DeploymentFact): void => journal.commit({ facts: [{ component: "foo", fact: one }] });
  deploy(fact("d1"));
  const state = { code: 0, asked: [] as string[], during: (): void => undefined };
  const exec: Exec = async ({ env }) => {
    state.asked.push(env?.["TOWPATH_RELEASE"] ?? "");
    state.during();
    const words = { signal: undefined, stdout: "", stderr: "", droppedBytes: 0, durationMs: 1 };
    return { status: "exited", code: state.code, ...words };
  };
  const parts: ProberParts = {
    component: "foo",
    environment: "staging",
    options: await parseUptimeOptions({ probe: { command: ["probe"] }, ...options }),
    records: recordsOf(journal, "foo"),
    write: (samples) => journal.commit({ samples }),
    clock,
    exec,
    signal: stop.signal,
    onSample: (sample) => void seen.push(sample),
    log: (line) => void log.push(line),
  };
  /** Runs until so many sleeps are over; `at` is told the number of each one that ends. */
  const run = (
    sleeps: number,
    at: (sleep: number) => void = () => undefined,
    more: Partial<ProberParts> = {},
  ) => {
    let count = 0;
    clock.awake = () => {
      count += 1;
      at(count);
      if (count >= sleeps) stop.abort();
    };
    return startProber({ ...parts, ...more });
  };
  const states = (digest = "d1") =>
    journal
      .samples("foo", { environment: "staging", digest })
      .map(({ t, state: said }) => `${(t - t0) / second} ${said}`);
  return { clock, journal, parts, state, run, states, deploy, log, seen, stop };
}

describe("time", () => {
  it("is cut into intervals that a restart does not move, and does not drift", async () => {
    const { run, states, clock, state } = await bench();
    // Each probe takes 3 s.
    state.during = () => clock.pass(3 * second);
    await run(4);
    expect(clock.sleeps).toEqual([25 * second, 27 * second, 27 * second, 27 * second]);
    expect(states()).toEqual(["30 up", "60 up", "90 up"]);
    const again = await bench({}, t0 + 17 * second);
    await again.run(3);
    expect(again.states()).toEqual(["30 up", "60 up"]);
  });

  it("that passed while the prober was stopped is unknown", async () => {
    const { run, states, clock, state, journal } = await bench();
    await run(4, (sleep) => {
      if (sleep === 2) clock.pass(100 * second);
    });
    expect(states()).toEqual(["30 up", "60 unknown", "90 unknown", "120 unknown", "150 up", "180 up"]);
    expect(state.asked).toHaveLength(3);
    expect(journal.samples("foo", { environment: "staging", digest: "d1" })[1]?.detail).toBe(
      "the prober slept",
    );
  });

  it("that passed while the machine slept is unknown, the interval of its waking too", async () => {
    const { run, states, clock } = await bench();
    await run(4, (sleep) => {
      // The monotonic clock stands while the machine sleeps.
      if (sleep === 2) clock.wall += 70 * second;
    });
    expect(states()).toEqual(["30 up", "60 unknown", "90 unknown", "120 unknown", "150 up"]);
  });

  it("that passed during a probe makes its answer unknown", async () => {
    const { run, states, clock, state } = await bench();
    state.during = () => {
      if (state.asked.length === 2) clock.pass(65 * second);
    };
    await run(4);
    expect(states()).toEqual(["30 up", "60 unknown", "90 unknown", "120 up", "150 up"]);
  });

  it("that is set forward by years is written down for one window only", async () => {
    const { run, clock, seen, states } = await bench({ demo: true, window: "10m" });
    await run(3, (sleep) => {
      if (sleep === 2) clock.wall = Date.UTC(2036, 5, 1) + 7 * second;
    });
    expect(seen.filter(({ state }) => state === "unknown")).toHaveLength(21);
    expect(states()[0]).toBe("30 up");
  });

  it("that is set back does not stop the prober, and undoes no outage", async () => {
    const { run, states, clock, state, log } = await bench();
    state.during = () => void (state.code = state.asked.length === 2 ? 1 : 0);
    await run(8, (sleep) => {
      // 30 up, 60 down, then back to before 60.
      if (sleep === 3) clock.wall -= 65 * second;
    });
    // 90 became 25: unknown; 30 again, 60 stays down, then on.
    expect(states()).toEqual(["0 unknown", "30 up", "60 down", "90 up", "120 up"]);
    expect(log).toEqual([]);
  });

  it("is waited for in pieces of at most an hour", async () => {
    const { run, clock } = await bench({ demo: true, interval: "3h", timeout: "5s" });
    await run(4);
    expect(clock.sleeps.slice(0, 3)).toEqual([hour, hour, hour - 5 * second]);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(hour);
  });
});

describe("releases", () => {
  it("are followed", async () => {
    const { run, states, deploy, clock } = await bench();
    await run(5, (sleep) => {
      if (sleep === 3) deploy(fact("d2", { at: new Date(clock.now()).toISOString() }));
    });
    expect(states("d1")).toEqual(["30 up", "60 up"]);
    expect(states("d2")).toEqual(["90 up", "120 up"]);
  });

  it("may be missing for a while, which is said once and sampled never", async () => {
    const { run, states, deploy, log, state } = await bench();
    const { current: _, ...nothing } = fact("d1", { state: "rolled-back" });
    await run(6, (sleep) => {
      if (sleep === 2) deploy(nothing);
      if (sleep === 4) deploy(fact("d2"));
    });
    expect(log).toEqual(["staging runs no release of foo"]);
    expect(states("d1")).toEqual(["30 up"]);
    expect(states("d2")).toEqual(["120 up", "150 up"]);
    expect(state.asked).toEqual(["d1", "d2", "d2"]);
  });

  it("without an address end the prober with what to do", async () => {
    const { run, deploy } = await bench({ probe: { http: {} } });
    const { url: _, ...nowhere } = fact("d2");
    deploy(nowhere);
    const error: unknown = await run(3).catch((thrown: unknown) => thrown);
    expect(isBreakage(error) && error.kind).toBe("no-input");
  });
});

describe("alerts", () => {
  it("are told once per outage and once at its end, and again if they were lost", async () => {
    const { run, state, log } = await bench();
    const told: string[] = [];
    let calls = 0;
    state.during = () => void (state.code = [3, 4, 5, 6].includes(state.asked.length) ? 1 : 0);
    const alert = async ({ state: said, downs }: Alert): Promise<void> => {
      calls += 1;
      if (calls === 1) throw new Error("nobody is in");
      told.push(`${said} ${downs}`);
    };
    const options = await parseUptimeOptions({
      probe: { command: ["probe"] },
      alert: { command: ["x"], after: 2 },
    });
    await run(10, undefined, { alert, options });
    expect(told).toEqual(["down 3", "recovered 4"]);
    expect(log).toEqual(["nobody is in"]);
  });

  it("that take long do not hold up the probes", async () => {
    const { run, state, states } = await bench();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.code = 1;
    await run(5, (sleep) => void (sleep === 5 && resolve()), { alert: () => promise });
    expect(states()).toEqual(["30 down", "60 down", "90 down", "120 down"]);
  });
});

describe("one probe", () => {
  it("is for the interval that runs now, and written down", async () => {
    const { parts, states, seen } = await bench({}, t0 + 47 * second);
    expect(await probeOnce(parts)).toMatchObject({ t: t0 + 30 * second, state: "up", digest: "d1", ms: 0 });
    expect(states()).toEqual(["30 up"]);
    expect(seen).toHaveLength(1);
  });

  it("does not replace a down by an up", async () => {
    const { parts, states, state } = await bench({}, t0 + 47 * second);
    state.code = 1;
    await probeOnce(parts);
    state.code = 0;
    await probeOnce(parts);
    expect(states()).toEqual(["30 down"]);
  });

  it("needs a release", async () => {
    const { parts } = await bench();
    const records = recordsOf(memoryJournal(), "foo");
    const error: unknown = await probeOnce({ ...parts, records }).catch((thrown: unknown) => thrown);
    expect(isBreakage(error) && error.kind).toBe("no-input");
  });

  it("that is cancelled says nothing", async () => {
    const { parts, states, stop, state } = await bench();
    state.during = () => stop.abort();
    state.code = 1;
    await expect(probeOnce(parts)).rejects.toThrow(/cancelled/);
    expect(states()).toEqual([]);
  });
});

it("soaks a release for eight days: the gate's arithmetic takes what the prober writes", async () => {
  const { run, parts, journal, clock, state } = await bench({ interval: "5m" }, t0);
  state.during = () => void (state.code = state.asked.length % 250 === 0 ? 1 : 0);
  await run((8 * day) / (300 * second));
  const since = new Date(t0).toISOString();
  const deployed = { environment: "staging", digest: "d1", verified: true, since } as const;
  const samples = journal.samples("foo", { environment: "staging", digest: "d1" });
  const question = questionOf(parts.options, deployed, clock.now());
  expect(uptimeOf(samples, question)).toMatchObject({ answer: "passed", coverage: 100 });
  expect(budgetBurnt(samples, question)).toBe(false);
});

describe("a real release on real time", () => {
  const open: Server[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  it("is probed, alerted and ended", async () => {
    let status = 503;
    const server = createServer((_, response) => response.writeHead(status).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push(server);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { parts, deploy, stop, journal } = await bench();
    deploy(fact("d3", { url }));
    const options = await parseUptimeOptions({
      demo: true,
      window: "10s",
      interval: "250ms",
      alert: { command: ["x"], after: 2 },
    });
    const told: string[] = [];
    await startProber({
      ...parts,
      options,
      clock: systemClock,
      alert: async ({ state }) => {
        told.push(state);
        if (state === "down") status = 200;
        else stop.abort();
      },
    });
    expect(told).toEqual(["down", "recovered"]);
    const samples = journal.samples("foo", { environment: "staging", digest: "d3" });
    expect(samples.filter(({ state }) => state === "down").length).toBeGreaterThanOrEqual(2);
    expect(samples.every(({ t }) => t % 250 === 0)).toBe(true);
    expect(samples.some(({ detail }) => detail === "status 503, not 200")).toBe(true);
  });
});
