import { describe, expect, it } from "vitest";
import { createBus, type TowpathEvent } from "./events.ts";

describe("the bus", () => {
  it("stamps events with run, time and a number without gaps", () => {
    const bus = createBus(() => 0);
    const seen: TowpathEvent[] = [];
    bus.onAny((event) => void seen.push(event));
    bus.begin("r1");
    bus.emit("warning", { message: "a" });
    bus.emit("run:end", { exit: 0, status: "closed", durationMs: 1 });
    expect(seen.map(({ type, seq, run, at }) => [type, seq, run, at])).toEqual([
      ["warning", 1, "r1", "1970-01-01T00:00:00.000Z"],
      ["run:end", 2, "r1", "1970-01-01T00:00:00.000Z"],
    ]);
  });

  it("freezes payloads to the bottom", () => {
    const bus = createBus(() => 0);
    bus.on("stage:start", (event) => {
      (event.gates as string[]).push("evil");
    });
    const warnings: string[] = [];
    bus.on("warning", ({ message }) => void warnings.push(message));
    bus.emit("stage:start", { stage: "testing", gates: ["tests"] });
    return Promise.resolve().then(() => expect(warnings[0]).toMatch(/a listener of stage:start failed/));
  });

  it("survives listeners that throw or reject, and tells the others", async () => {
    const bus = createBus(() => 0);
    const warnings: string[] = [];
    bus.on("log", () => {
      throw new Error("sync");
    });
    bus.on("log", async () => {
      throw new Error("async");
    });
    const told: string[] = [];
    bus.on("log", ({ line }) => void told.push(line));
    bus.on("warning", ({ message }) => {
      warnings.push(message);
      throw new Error("even here");
    });
    bus.emit("log", { gate: "lint", line: "hello" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["hello"]);
    expect(warnings).toEqual(["a listener of log failed: sync", "a listener of log failed: async"]);
  });

  it("tells those who hear everything in order, even of a warning that a listener's failure causes", () => {
    const bus = createBus(() => 0);
    const seen: string[] = [];
    bus.on("log", () => {
      throw new Error("at once");
    });
    bus.onAny(({ type, seq }) => void seen.push(`${seq} ${type}`));
    bus.emit("log", { gate: "lint", line: "hello" });
    expect(seen).toEqual(["1 log", "2 warning"]);
  });

  it("stops telling a listener that left", () => {
    const bus = createBus(() => 0);
    const seen: string[] = [];
    const off = bus.on("warning", ({ message }) => void seen.push(message));
    bus.emit("warning", { message: "one" });
    off();
    bus.emit("warning", { message: "two" });
    expect(seen).toEqual(["one"]);
  });
});
