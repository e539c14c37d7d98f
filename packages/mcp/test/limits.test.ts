import type { Client } from "@modelcontextprotocol/client";
import { componentNamePattern } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { namePattern } from "../src/arguments.ts";
import { planDocument, result, runDocument, statusDocument } from "./documents.ts";
import { connect, eras, spy, textOf, type Person, type Spy } from "./connect.ts";

const agree: Person = () => ({ action: "accept", content: { deploy: true } });

/** Answers everything as if all were well. */
function obliging(): Spy {
  return spy(([verb, sub]) => {
    if (verb === "status") return statusDocument([{ tree: "unchanged", result: result("lint", "passed") }]);
    if (verb === "plan") return planDocument(["lint"]);
    if (verb === "explain") return { kind: "explanation", text: "so" };
    if (verb === "runs" && sub === "list") return { kind: "runs", runs: [{ run: "20260101-000000-abcd" }] };
    if (verb === "config") return { kind: "config", config: {} };
    if (verb === "context")
      return {
        kind: "context",
        session: "foo",
        component: "foo",
        messages: [],
        tokens: 0,
        dropped: 0,
        droppedMessages: [],
      };
    return runDocument([result("lint", "passed")]);
  });
}

const name = "[a-z][a-z0-9_-]{0,63}";
const target = "(?:dev|staging|production)";

/** Everything that may ever be called; words are joined by U+001F, which no name has. */
const allowed = [
  `status --findings(?: ${name})?`,
  `plan --target ${target}(?: --component ${name})?`,
  `check(?: ${name})* --target ${target}(?: --component ${name})?`,
  "explain [A-Za-z0-9][A-Za-z0-9_-]{0,63}",
  "context show [A-Za-z0-9][A-Za-z0-9_-]{0,127}(?: --budget \\d{1,5})?",
  `context add --importance (?:0|1|0\\.\\d{1,2}) --role assistant -- ${name} [^]+`,
  `promote ${name} --to staging`,
  "runs list --limit 1",
  "runs show \\d{8}-\\d{6}-[0-9a-f]{4} --result",
  "config show",
].map((line) => new RegExp(`^${line.replaceAll(" ", "\\u001f")}$`));

const isAllowed = (args: readonly string[]): boolean =>
  allowed.some((line) => line.test(args.join("\u001f")));

/** What a model might write where a name, a text or a target is asked. */
const values: readonly unknown[] = [
  "foo",
  "lint",
  "production",
  "staging",
  "--fix",
  "-C",
  "/etc",
  "../..",
  "attest",
  "rollback",
  "foo --to production",
  "foo\n--to\nproduction",
  "foo\u001f--to",
  "; rm -rf /",
  "$(id)",
  "",
  "🚢",
  "20260101-000000-abcd",
  "TP3201",
  ["lint"],
  ["--fix", "lint"],
  [],
  0,
  1,
  0.5,
  4000,
  -1,
  true,
  null,
  {},
];

const keys = [
  "component",
  "componentName",
  "gate",
  "gates",
  "target",
  "to",
  "environment",
  "subject",
  "id",
  "text",
  "message",
  "importance",
  "budget",
  "plan",
  "limit",
  "cursor",
  "confirm",
  "approve",
  "args",
  "by",
  "expires",
  "fix",
  "from",
];

/** Numbers that look random and are the same in every run. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state;
}

async function callsOf(client: Client, count: number): Promise<number> {
  const random = numbers();
  const next = <T>(among: readonly T[]): T => among[random.next().value % among.length] as T;
  const { tools } = await client.listTools();
  let answered = 0;
  for (let call = 0; call < count; call += 1) {
    const tool = next(tools);
    const schema = Object.keys(tool.inputSchema.properties ?? {});
    const given = Array.from({ length: 1 + (random.next().value % 4) }, () => [
      next(random.next().value % 4 === 0 ? keys : schema),
      next(random.next().value % 2 === 0 ? values : ["foo", "staging", "production", "lint", 1]),
    ]);
    const { isError } = await client.callTool({ name: tool.name, arguments: Object.fromEntries(given) });
    if (isError !== true) answered += 1;
  }
  return answered;
}

describe("what an agent can reach", () => {
  it("is never more than the command lines that are allowed, whatever is asked and whoever agrees", async () => {
    const commandLine = obliging();
    const client = await connect(commandLine, "2026-07-28", agree);
    expect(await callsOf(client, 3_000)).toBeGreaterThan(200);
    const uris = ["towpath://runs/latest", "towpath://config", "towpath://context/foo-workflow-2026-01-01"];
    const hostile = [
      "towpath://runs/--help/result",
      "towpath://context/--all",
      "towpath://runs/%2E%2E/result",
    ];
    for (const uri of [...uris, ...hostile]) await client.readResource({ uri }).catch(() => undefined);
    expect(commandLine.calls.filter((args) => !isAllowed(args))).toEqual([]);
    const reached = new Set(commandLine.calls.map(([verb]) => verb));
    // All verbs were reached, so that the promise above is about something.
    expect([...reached].toSorted()).toEqual([
      "check",
      "config",
      "context",
      "explain",
      "plan",
      "promote",
      "runs",
      "status",
    ]);
  });

  it("is not attesting, waiving, rolling back, drilling, resuming, or deploying to production", () => {
    for (const args of [
      ["attest", "security-review", "--component", "foo", "--expires", "90d"],
      ["waive", "lint"],
      ["rollback", "foo"],
      ["drill", "rollback"],
      ["resume"],
      ["run", "--target", "staging"],
      ["promote", "foo", "--to", "production"],
      ["promote", "foo", "--to", "staging", "--supersede"],
      ["check", "--fix", "--target", "dev"],
    ])
      expect(isAllowed(args)).toBe(false);
  });

  it("has the names that core has", () => {
    expect(namePattern).toEqual(componentNamePattern);
  });
});

describe.each(eras)("promote, for a client of %s", (era) => {
  const staging = { name: "promote", arguments: { component: "foo", to: "staging" } };
  const deploys = ({ calls }: Spy): number => calls.filter(([verb]) => verb === "promote").length;

  it("deploys to staging once, after a person agreed", async () => {
    const commandLine = obliging();
    let question: unknown;
    const client = await connect(commandLine, era, agree);
    client.setRequestHandler("elicitation/create", ({ params }) => {
      question = params.message;
      // Nothing is done before the answer.
      expect(commandLine.calls).toEqual([]);
      return agree();
    });
    const answered = await client.callTool(staging);
    expect(question).toContain("Deploy foo to staging");
    expect(answered.structuredContent).toMatchObject({ deployed: true, missing: [] });
    expect(commandLine.calls).toEqual([["promote", "foo", "--to", "staging"]]);
  });

  it.each([
    ["declines", { action: "decline" }],
    ["closes the question", { action: "cancel" }],
    ["says no", { action: "accept", content: { deploy: false } }],
    ["says something else", { action: "accept", content: { deploy: "yes" } }],
    ["says nothing", { action: "accept" }],
  ] as const)("deploys nothing when the person %s", async (_, said) => {
    const commandLine = obliging();
    const client = await connect(commandLine, era, () => ({ ...said }));
    const answered = await client.callTool(staging).catch((error: unknown) => error);
    expect(commandLine.calls).toEqual([]);
    expect(answered).not.toMatchObject({ structuredContent: { deployed: true } });
  });

  it("deploys nothing where nobody can be asked, and names the command for a person", async () => {
    const commandLine = obliging();
    const client = await connect(commandLine, era);
    const answered = await client.callTool(staging);
    expect([answered.isError, textOf(answered)]).toEqual([
      true,
      expect.stringContaining("towpath promote foo --to staging"),
    ]);
    expect(commandLine.calls).toEqual([]);
  });

  it("says why it was not promoted", async () => {
    const decision = {
      reasons: [
        {
          gate: "tests",
          component: "foo",
          verdict: "missing",
          blocks: true,
          message: "there is no evidence",
        },
      ],
    };
    const stages = [{ stage: "staging", status: "stopped", results: [], decision }];
    const client = await connect(
      spy(() => runDocument([], { exit: 3, stages, message: "evidence is missing", next: ["towpath run"] })),
      era,
      agree,
    );
    const { structuredContent } = await client.callTool(staging);
    expect(structuredContent).toMatchObject({
      deployed: false,
      exit: 3,
      message: "It was not promoted: evidence is missing",
      missing: ["tests: missing, there is no evidence"],
      next: ["towpath run"],
    });
  });

  it("never deploys to production, asks nobody, and says what is missing", async () => {
    const commandLine = spy(([verb]) =>
      verb === "plan"
        ? planDocument(["tests", "lint", "types", "review", "format"])
        : statusDocument(
            [
              { tree: "unchanged", result: result("tests", "passed", { target: "production" }) },
              { tree: "changed", result: result("lint", "passed", { target: "production" }) },
              { tree: "unchanged", result: result("types", "passed") },
              {
                tree: "unchanged",
                result: result("review", "inconclusive", { waiting: { for: "an attestation of review" } }),
              },
            ],
            { environments: { staging: { digest: "0123", verified: false, since: "2026-01-01" } } },
          ),
    );
    let asked = 0;
    const client = await connect(commandLine, era, () => {
      asked += 1;
      return agree();
    });
    const { structuredContent } = await client.callTool({
      name: "promote",
      arguments: { component: "foo", to: "production" },
    });
    expect(structuredContent).toMatchObject({
      deployed: false,
      missing: [
        "staging runs no release of it that was verified",
        "lint: the component has changed since it was measured",
        "types: it was measured last for dev",
        "review: inconclusive: an attestation of review",
        "format: it was never measured",
      ],
      next: ["towpath run --component foo --target production", "towpath promote foo --to production"],
    });
    expect([asked, deploys(commandLine)]).toEqual([0, 0]);
  });
});

describe("an answer of a person", () => {
  const client = async (commandLine: Spy) => connect(commandLine, "2026-07-28", agree);
  type Params = Parameters<Client["callTool"]>[0];
  const call = (to: Client, component: string, more: Readonly<Record<string, unknown>> = {}) =>
    to.request(
      {
        method: "tools/call",
        params: { name: "promote", arguments: { component, to: "staging" }, ...more } as Params,
      },
      { allowInputRequired: true },
    );
  const answers = { inputResponses: { deploy: { action: "accept", content: { deploy: true } } } };
  const stateOf = (asked: unknown): string => (asked as { requestState: string }).requestState;

  it("counts for nothing that was not asked", async () => {
    const commandLine = obliging();
    const to = await client(commandLine);
    expect(await call(to, "foo", answers)).toMatchObject({ resultType: "input_required" });
    await expect(call(to, "foo", { ...answers, requestState: "v1.e30.AAAA" })).rejects.toThrow(
      /requestState/,
    );
    expect(commandLine.calls).toEqual([]);
  });

  it("counts for the component that was asked about, and once", async () => {
    const commandLine = obliging();
    const to = await client(commandLine);
    const requestState = stateOf(await call(to, "foo"));
    expect(await call(to, "bar", { ...answers, requestState })).toMatchObject({
      resultType: "input_required",
    });
    expect(commandLine.calls).toEqual([]);
    await call(to, "foo", { ...answers, requestState });
    expect(await call(to, "foo", { ...answers, requestState })).toMatchObject({
      resultType: "input_required",
    });
    expect(commandLine.calls).toEqual([["promote", "foo", "--to", "staging"]]);
  });
});
