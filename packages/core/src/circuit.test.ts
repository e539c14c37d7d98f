import { describe, expect, it } from "vitest";
import { closedCircuit, request, settle, type Circuit } from "./circuit.ts";

const failTimes = (times: number): Circuit => {
  let circuit: Circuit = closedCircuit;
  for (let i = 0; i < times; i += 1) circuit = settle(circuit, false, 1000);
  return circuit;
};

describe("the breaker", () => {
  it("stays closed for four failures in a row and opens at the fifth", () => {
    expect(request(failTimes(4), 1000).allowed).toBe(true);
    expect(request(failTimes(5), 1000).allowed).toBe(false);
  });

  it("counts failures in a row only", () => {
    const interrupted = settle(failTimes(4), true, 1000);
    expect(settle(interrupted, false, 1000)).toEqual({ state: "closed", failures: 1 });
  });

  it("lets one trial call through after a minute, not before, and only one", () => {
    const open = failTimes(5);
    expect(request(open, 60_999).allowed).toBe(false);
    const trial = request(open, 61_000);
    expect(trial.allowed).toBe(true);
    expect(request(trial.circuit, 61_000).allowed).toBe(false);
  });

  it("lets another trial through when the process of the first one died", () => {
    const { circuit } = request(failTimes(5), 61_000);
    expect(request(circuit, 120_999).allowed).toBe(false);
    expect(request(circuit, 121_000).allowed).toBe(true);
  });

  it("closes after a good trial and opens for another minute after a bad one", () => {
    const { circuit } = request(failTimes(5), 61_000);
    expect(settle(circuit, true, 61_000)).toEqual(closedCircuit);
    const again = settle(circuit, false, 61_000);
    expect(request(again, 120_999).allowed).toBe(false);
    expect(request(again, 121_000).allowed).toBe(true);
  });
});
