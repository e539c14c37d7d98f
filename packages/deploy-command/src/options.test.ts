import { describe, expect, it } from "vitest";
import type { DeployCommandUserOptions, EnvironmentUserOptions } from "./index.ts";
import { options } from "./options.ts";

const hand: EnvironmentUserOptions = { probe: ["t", "probe"], apply: [["t", "apply", "{digest}"]] };
const kubectl = { namespace: "n", deployment: "d", container: "c" };

function problems(staging: unknown): string {
  const result = options.safeParse({ environments: { staging } });
  return result.success
    ? ""
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
}

it("has defaults for all but the commands", () => {
  expect(options.parse({ environments: { staging: hand } }).environments.staging).toEqual({
    ...hand,
    exitCodes: { unhealthy: [], refused: [] },
    watch: { withinMs: 60_000, bakeMs: 10_000, everyMs: 2_000 },
    timeoutMs: 600_000,
    env: {},
    pass: [],
  });
  expect(
    options.parse({ environments: { staging: { helm: { namespace: "n", release: "r" } } } }),
  ).toMatchObject({
    environments: { staging: { helm: { chart: "{file}", values: [], set: {} } } },
  });
  expect(
    options.parse({ environments: { staging: { compose: { project: "p", service: "s" } } } }),
  ).toMatchObject({ environments: { staging: { compose: { files: ["compose.yaml"] } } } });
});

describe("refused is", () => {
  it.each<[string, unknown]>([
    ["nothing to deploy with", {}],
    ["a deploy that nobody can ask about", { apply: hand.apply }],
    ["a shell line", { ...hand, apply: ["t apply"] }],
    ["an empty command", { ...hand, apply: [[]] }],
    ["no command", { ...hand, apply: [] }],
    ["a program from a placeholder", { ...hand, apply: [["{file}"]] }],
    ["an unknown placeholder", { ...hand, apply: [["t", "{Digest}"]] }],
    ["a release in a question that is asked without one", { ...hand, probe: ["t", "{digest}"] }],
    ["a release in the address", { ...hand, url: "https://{digest}.example.org" }],
    ["a previous release where there is none", { ...hand, remove: [["t", "{previous}"]] }],
    ["a NUL", { ...hand, apply: [["t", "\0"]] }],
    ["two presets", { kubectl, helm: { namespace: "n", release: "r" } }],
    ["a preset with a probe by hand", { kubectl, probe: ["t"] }],
    ["a watch whose codes mean nothing", { ...hand, verify: ["t"] }],
    ["codes without a watch", { ...hand, exitCodes: { unhealthy: [1] } }],
    ["success as a sign of a bad release", { ...hand, verify: ["t"], exitCodes: { unhealthy: [0] } }],
    ["a watch that is longer than the call", { ...hand, timeoutMs: 1_000 }],
    ["a name that is an option", { kubectl: { ...kubectl, namespace: "-A" } }],
    ["a chart that is an option", { helm: { namespace: "n", release: "r", chart: "--debug" } }],
    [
      "a value where the marks stand",
      { helm: { namespace: "n", release: "r", set: { "towpath.key": "x" } } },
    ],
    ["a variable with a value in its name", { ...hand, pass: ["TOKEN=x"] }],
    ["an unknown key", { ...hand, shell: true }],
  ])("%s", (_, staging) => {
    expect(problems(staging)).not.toBe("");
  });

  it("no environment at all", () => {
    expect(options.safeParse({ environments: {} }).success).toBe(false);
  });

  it.each<[string, NonNullable<DeployCommandUserOptions["build"]>]>([
    ["a build that makes nothing", { command: ["make"] }],
    ["a build with two artifacts", { command: ["tar", "{artifact}"], artifact: "a" }],
    ["an artifact above the root", { command: ["make"], artifact: "dist/../../a" }],
    ["an absolute artifact", { command: ["make"], artifact: "/a" }],
    ["a release in a build", { command: ["make", "{digest}"], artifact: "a" }],
  ])("%s", (_, build) => {
    expect(options.safeParse({ build, environments: { staging: hand } }).success).toBe(false);
  });
});

it("names the placeholders that there are", () => {
  expect(problems({ ...hand, probe: ["t", "{tag}"] })).toBe(
    "environments.staging.probe.1: {tag} is not known here; there are {environment} {component}",
  );
});
