import { describe, expect, it } from "vitest";
import type { Environment } from "./deployer.ts";
import { deploymentIn, rejectionOf, type DeploymentFact, type Fact } from "./facts.ts";

let hour = 0;
function fact(
  state: DeploymentFact["state"],
  digest: string,
  current: string | undefined,
  more: Partial<DeploymentFact> = {},
): Fact {
  hour += 1;
  const at = new Date(Date.UTC(2026, 10, 26, hour)).toISOString();
  const now = current === undefined ? {} : { current };
  return { kind: "deployment", environment: "staging", at, state, digest, ...now, ...more };
}

describe("deploymentIn", () => {
  const deployed = fact("deployed", "a", "a", { url: "http://a" });
  const verified = fact("verified", "a", "a");
  const next = fact("deployed", "b", "b", { url: "http://b" });

  it("says what an environment runs, since when, and whether it stood its watch", () => {
    expect(deploymentIn([], "staging")).toBeUndefined();
    expect(deploymentIn([deployed], "staging")).toEqual({
      environment: "staging",
      digest: "a",
      url: "http://a",
      verified: false,
      since: deployed.at,
    });
    expect(deploymentIn([deployed, verified], "staging")).toMatchObject({
      url: "http://a",
      verified: true,
      since: deployed.at,
    });
    expect(deploymentIn([deployed, verified], "production")).toBeUndefined();
  });

  it("begins a new time with another digest, also when it goes back", () => {
    const back = fact("rolled-back", "b", "a");
    expect(deploymentIn([deployed, verified, next], "staging")).toMatchObject({
      digest: "b",
      since: next.at,
    });
    expect(deploymentIn([deployed, verified, next, back], "staging")).toEqual({
      environment: "staging",
      digest: "a",
      url: "http://a",
      verified: true,
      since: back.at,
    });
  });

  it("keeps what runs when a release is refused, and knows when nothing runs", () => {
    const refused = fact("refused", "b", "a", { reason: "sick" });
    expect(deploymentIn([deployed, verified, refused], "staging")).toMatchObject({
      digest: "a",
      verified: true,
      since: deployed.at,
    });
    expect(deploymentIn([deployed, fact("rolled-back", "a", undefined)], "staging")).toBeUndefined();
  });
});

describe("rejectionOf", () => {
  it("remembers refused and rolled back digests of an environment, with the reason", () => {
    const facts = [fact("refused", "b", undefined, { reason: "sick" }), fact("rolled-back", "c", "a")];
    const of = (digest: string, environment: Environment = "staging"): string | undefined =>
      rejectionOf(facts, environment, digest);
    expect([of("b"), of("c"), of("a"), of("b", "production")]).toEqual([
      "sick",
      "rolled-back",
      undefined,
      undefined,
    ]);
  });
});
