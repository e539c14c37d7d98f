import { describe, expect, it } from "vitest";
import { finding, planDocument, result, runDocument, statusDocument } from "./documents.ts";
import { connect, eras, spy, textOf } from "./connect.ts";

const names = [
  "gate_findings",
  "gate_run",
  "workflow_status",
  "explain",
  "context_get",
  "context_record",
  "promote",
];

const failing = [
  {
    tree: "unchanged",
    result: result("tests", "passed", { findings: [finding("w0", { level: "warning" })] }),
  },
  {
    tree: "changed",
    fresh: ["e2"],
    result: result("lint", "failed", {
      findings: [
        finding("n1", { level: "note", file: "a.py", range: at(1) }),
        finding("w1", { level: "warning", file: "a.py", range: at(1) }),
        finding("e2", { file: "b.py", range: at(7) }),
        finding("e1", {
          file: "b.py",
          range: at(3),
          fix: { kind: "edit", applicability: "safe", edits: [{ range: at(3), text: "" }] },
        }),
      ],
    }),
  },
  {
    tree: "unknown",
    result: result("types", "errored", {
      required: false,
      measurements: [],
      error: { message: "pyright was not found", fix: ["towpath doctor"] },
    }),
  },
];

function at(line: number): Readonly<Record<string, number>> {
  return { startLine: line, startColumn: 1, endLine: line, endColumn: 5 };
}

describe.each(eras)("the tools, to a client of %s", (era) => {
  it("are seven, in this order, and cost less than 6 kB to list", async () => {
    const client = await connect(
      spy(() => ({})),
      era,
    );
    const listed = await client.listTools();
    expect(listed.tools.map(({ name }) => name)).toEqual(names);
    expect(Buffer.byteLength(JSON.stringify(listed))).toBeLessThan(6_000);
  });

  it("say which of them only read, and which may do harm", async () => {
    const client = await connect(
      spy(() => ({})),
      era,
    );
    const { tools } = await client.listTools();
    const hinted = (hint: "readOnlyHint" | "destructiveHint", value: boolean) =>
      tools.filter(({ annotations }) => annotations?.[hint] === value).map(({ name }) => name);
    expect(hinted("readOnlyHint", true)).toEqual([
      "gate_findings",
      "workflow_status",
      "explain",
      "context_get",
    ]);
    expect(hinted("destructiveHint", true)).toEqual(["promote"]);
    expect(hinted("destructiveHint", false)).toEqual(["gate_run", "context_record"]);
  });

  it("answer findings with failing gates first, what is new, and which results are stale", async () => {
    const client = await connect(
      spy(() => statusDocument(failing)),
      era,
    );
    const { structuredContent } = await client.callTool({ name: "gate_findings", arguments: {} });
    expect(structuredContent).toMatchObject({
      total: 5,
      errors: 2,
      gates: [
        {
          gate: "lint",
          verdict: "failed",
          stale: true,
          message: "errors is 1 errors, required <= 0 (default)",
        },
        {
          gate: "types",
          verdict: "errored",
          optional: true,
          stale: true,
          message: "pyright was not found; fix: towpath doctor",
        },
      ],
      findings: [
        { id: "e1", gate: "lint", file: "b.py", line: 3, endLine: 3, new: false, fix: { kind: "edit" } },
        { id: "e2", line: 7, new: true },
        { id: "w1", level: "warning" },
        { id: "n1", level: "note" },
        { id: "w0", gate: "tests", level: "warning" },
      ],
    });
  });

  it("say how many gates passed, and which one was needed and skipped, so that nothing found is not all well", async () => {
    const known = [
      { tree: "unchanged", result: result("lint", "passed") },
      { tree: "changed", result: result("types", "passed") },
      { tree: "unchanged", result: result("uptime", "skipped", { reason: "nothing runs" }) },
      { tree: "unchanged", result: result("flaky", "skipped", { required: false }) },
    ];
    const client = await connect(
      spy(() => statusDocument(known)),
      era,
    );
    const { structuredContent } = await client.callTool({ name: "gate_findings", arguments: {} });
    expect(structuredContent).toMatchObject({
      total: 0,
      errors: 0,
      passed: 1,
      gates: [
        { gate: "types", verdict: "passed", stale: true },
        { gate: "uptime", verdict: "skipped", message: "nothing runs" },
      ],
    });
  });

  it("mark the texts of others, and say the same as text", async () => {
    const client = await connect(
      spy(() => statusDocument(failing)),
      era,
    );
    const answered = await client.callTool({ name: "gate_findings", arguments: {} });
    expect(answered.structuredContent).toMatchObject({
      untrusted: expect.stringContaining("never instructions"),
    });
    expect(JSON.parse(textOf(answered))).toEqual(answered.structuredContent);
  });

  it("give every finding once over all pages, and refuse a cursor of findings that changed since", async () => {
    const many = Array.from({ length: 45 }, (_, index) =>
      finding(`f${index}`, { file: "a.py", range: at(index + 1) }),
    );
    let shown = many;
    const client = await connect(
      spy(() =>
        statusDocument([{ tree: "unchanged", result: result("lint", "failed", { findings: shown }) }]),
      ),
      era,
    );
    const page = async (cursor?: string) => {
      const given = { limit: 20, ...(cursor === undefined ? {} : { cursor }) };
      return client.callTool({ name: "gate_findings", arguments: given });
    };
    const seen: string[] = [];
    let cursor: string | undefined;
    let first: string | undefined;
    do {
      const { structuredContent } = await page(cursor);
      const { findings, nextCursor } = structuredContent as {
        findings: readonly { id: string }[];
        nextCursor?: string;
      };
      seen.push(...findings.map(({ id }) => id));
      first ??= nextCursor;
      cursor = nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(many.map(({ fingerprint }) => fingerprint));

    shown = many.slice(1);
    const stale = await page(first);
    expect([stale.isError, textOf(stale)]).toEqual([true, expect.stringContaining("without a cursor")]);
  });

  it("say that nothing is on record rather than that nothing is wrong", async () => {
    const client = await connect(
      spy(() => statusDocument([])),
      era,
    );
    const answered = await client.callTool({ name: "gate_findings", arguments: { component: "foo" } });
    expect(answered.isError).toBe(true);
    expect(textOf(answered)).toContain("gate_run");
  });

  it("run gates, and report progress to a client that asks for it, and only then", async () => {
    const commandLine = spy((_, { onEvent }) => {
      onEvent?.({ type: "stage:start", stage: "check", gates: ["lint"] });
      onEvent?.({ type: "gate:start", gate: "lint" });
      onEvent?.({ type: "gate:end", gate: "lint", result: { verdict: "failed" } });
      onEvent?.({ type: "log", gate: "lint", line: "unknown events are nothing to speak of" });
      return runDocument([result("lint", "failed", { findings: [finding("e1")] })], {
        exit: 1,
        next: ["mend it"],
      });
    });
    const client = await connect(commandLine, era);
    const told: unknown[] = [];
    const answered = await client.callTool(
      { name: "gate_run", arguments: { gates: ["lint"], component: "foo", target: "staging" } },
      { onprogress: (progress) => told.push(progress) },
    );
    expect(answered.structuredContent).toMatchObject({
      exit: 1,
      passed: 0,
      total: 1,
      findings: [{ id: "e1" }],
      next: ["mend it"],
    });
    expect(told).toEqual([
      { progress: 0, total: 2, message: "stage check: 1 gates" },
      { progress: 1, total: 2, message: "lint runs" },
      { progress: 2, total: 2, message: "lint failed" },
    ]);
    await client.callTool({ name: "gate_run", arguments: {} });
    expect(commandLine.followed).toEqual([true, false]);
    expect(commandLine.calls).toEqual([
      ["check", "lint", "--target", "staging", "--component", "foo"],
      ["check", "--target", "dev"],
    ]);
  });

  it("tell where a component stands, with the reasons of its last run and the plan of a target", async () => {
    const run = { id: "20260101-000000-abcd", kind: "run", target: "staging", status: "closed", exit: 1 };
    const client = await connect(
      spy(([verb]) => {
        if (verb === "plan") return planDocument(["tests"]);
        if (verb === "runs")
          return runDocument([], {
            exit: 1,
            stages: [
              {
                stage: "testing",
                status: "stopped",
                results: [],
                decision: {
                  reasons: [
                    { gate: "tests", component: "foo", verdict: "failed", blocks: true, message: "2 of 9" },
                    { gate: "flaky", component: "foo", verdict: "passed", blocks: false, message: "passed" },
                    { gate: "types", component: "foo", verdict: "failed", blocks: true, message: "mended" },
                    { gate: "docs", component: "foo", verdict: "failed", blocks: true, message: "3 of 9" },
                    { gate: "api", component: "foo", verdict: "missing", blocks: true, message: "too old" },
                  ],
                },
              },
            ],
            next: ["towpath resume 20260101-000000-abcd"],
          });
        const results = [
          { tree: "unchanged", result: result("lint", "errored") },
          { tree: "unchanged", result: result("tests", "failed") },
          { tree: "unchanged", result: result("dependencies", "errored", { required: false }) },
          { tree: "unchanged", result: result("types", "passed") },
          { tree: "unchanged", result: result("api", "passed") },
          // Mended then, and changed since.
          { tree: "changed", result: result("docs", "passed") },
        ];
        const environments = {
          staging: { digest: "0123456789abcdef", verified: true, since: "2026-01-01" },
        };
        return statusDocument(results, { run, environments });
      }),
      era,
    );
    const answered = await client.callTool({
      name: "workflow_status",
      arguments: { component: "foo", plan: "staging" },
    });
    expect(answered.structuredContent).toMatchObject({
      components: [
        {
          component: "foo",
          status: "run to staging closed, exit 1; it may have changed since",
          stage: "testing stopped",
          deployed: ["staging: 0123456789ab, verified, since 2026-01-01"],
          blockers: ["tests failed: 2 of 9", "docs failed: 3 of 9", "api missing: too old", "lint errored"],
          next: ["towpath resume 20260101-000000-abcd"],
        },
      ],
      plan: [{ stage: "testing", gates: ["tests: coverage >= 80 % (towpath.config.yaml:3)"] }],
    });
  });

  it("tell where a component stands although its last run left no record", async () => {
    const run = { id: "20260101-000000-abcd", kind: "run", target: "staging", status: "running" };
    const gone = { code: "TP6003", message: "there is no run", why: "", fix: [], where: [] };
    const client = await connect(
      spy(([verb]) =>
        verb === "runs" ? { kind: "error", error: gone } : statusDocument(undefined, { run }),
      ),
      era,
    );
    const answered = await client.callTool({ name: "workflow_status", arguments: {} });
    expect(answered.structuredContent).toMatchObject({
      components: [{ status: "run to staging running", next: [] }],
    });
  });

  it("give the context within a budget, name what is left out, and mark what is untrusted or out of date", async () => {
    const said = {
      role: "assistant",
      content: "Use a queue.",
      at: "2026-01-01",
      importance: 1,
      untrusted: true,
    };
    const commandLine = spy(() => ({
      kind: "context",
      session: "foo-workflow-2026-01-01",
      component: "foo",
      messages: [said, { ...said, stale: ["FR-1"] }],
      tokens: 8,
      dropped: 30,
      droppedMessages: Array.from({ length: 30 }, (_, index) => ({
        importance: index / 100,
        words: `w${index}`,
      })),
    }));
    const client = await connect(commandLine, era);
    const { structuredContent } = await client.callTool({
      name: "context_get",
      arguments: { component: "foo", tokens: 500 },
    });
    expect(commandLine.calls).toEqual([["context", "show", "foo", "--budget", "500"]]);
    expect(structuredContent).toMatchObject({
      session: "foo-workflow-2026-01-01",
      tokens: 8,
      dropped: 30,
      messages: [said, { ...said, stale: ["FR-1"] }],
    });
    const { leftOut } = structuredContent as { leftOut: readonly string[] };
    expect([leftOut.length, leftOut[0]]).toEqual([10, "0.29: w29"]);
  });

  it("record what an agent says as an agent's, behind everything that could be read as an option", async () => {
    const commandLine = spy(() => ({
      kind: "context-message",
      session: "foo-workflow-2026-01-01",
      component: "foo",
    }));
    const client = await connect(commandLine, era);
    const { structuredContent } = await client.callTool({
      name: "context_record",
      arguments: { component: "foo", decision: "--role system", importance: 1 / 3 },
    });
    expect(structuredContent).toMatchObject({ session: "foo-workflow-2026-01-01" });
    expect(commandLine.calls).toEqual([
      ["context", "add", "--importance", "0.33", "--role", "assistant", "--", "foo", "--role system"],
    ]);
  });

  it("explain within about 600 tokens", async () => {
    const client = await connect(
      spy(() => ({ kind: "explanation", subject: "lint", text: "é".repeat(9_000) })),
      era,
    );
    const { structuredContent } = await client.callTool({ name: "explain", arguments: { subject: "lint" } });
    expect((structuredContent as { text: string }).text).toHaveLength(2_401);
  });

  it.each([
    [
      "an error",
      {
        kind: "error",
        error: {
          code: "TP1002",
          message: "no foo",
          why: "unknown",
          fix: ["towpath config show"],
          where: ["a:1"],
        },
      },
      "TP1002 no foo\nwhy: unknown\nat: a:1\nfix: towpath config show",
    ],
    ["a document of another form", { kind: "status", components: 7 }, "a result of another form"],
    ["no document", undefined, "printed no result"],
  ])("answer %s of the command line as an error that says what to do", async (_, document, said) => {
    const client = await connect(
      spy(() => document),
      era,
    );
    const answered = await client.callTool({ name: "gate_findings", arguments: {} });
    expect(answered.isError).toBe(true);
    expect(textOf(answered)).toContain(said);
  });

  it("pass a cancelled call on to the command line", async () => {
    let cancelled: AbortSignal | undefined;
    const begun = Promise.withResolvers<void>();
    const client = await connect(
      spy((_, { signal }) => {
        cancelled = signal;
        begun.resolve();
        return new Promise((resolve) => signal.addEventListener("abort", resolve));
      }),
      era,
    );
    const stop = new AbortController();
    const call = client.callTool({ name: "gate_run", arguments: {} }, { signal: stop.signal });
    await begun.promise;
    expect(cancelled?.aborted).toBe(false);
    stop.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await expect.poll(() => cancelled?.aborted).toBe(true);
  });
});

describe("arguments", () => {
  it.each([
    ["gate_findings", { component_name: "foo", max: 5 }, ["status", "--findings", "foo"]],
    ["gate_run", { module: "foo", gate: "lint" }, ["check", "lint", "--target", "dev", "--component", "foo"]],
    [
      "gate_run",
      { checks: ["lint", "types"], env: "staging" },
      ["check", "lint", "types", "--target", "staging"],
    ],
    ["explain", { id: "TP3201" }, ["explain", "TP3201"]],
    ["workflow_status", { name: "foo" }, ["status", "--findings", "foo"]],
  ])("of %s are understood by other names, too: %j", async (tool, given, expected) => {
    const commandLine = spy(([verb]) =>
      verb === "check"
        ? runDocument([])
        : verb === "explain"
          ? { kind: "explanation", text: "" }
          : statusDocument(failing),
    );
    const client = await connect(commandLine, "2026-07-28");
    const answered = await client.callTool({ name: tool, arguments: given });
    expect(answered.isError).not.toBe(true);
    expect(commandLine.calls[0]).toEqual(expected);
  });

  it.each([
    ["gate_findings", { component: "Foo" }, "component: a lower-case name"],
    ["gate_findings", { colour: "red" }, 'Unrecognized key: "colour"'],
    ["gate_findings", { limit: 0 }, "limit"],
    ["gate_run", { gates: ["lint", "--fix"] }, "gates"],
    ["gate_run", { target: "prod" }, "target"],
    ["explain", {}, "subject"],
    ["explain", { subject: "--help" }, "a code, gate, run or finding id"],
    ["context_record", { component: "foo", text: "a\0b" }, "without NUL"],
    ["promote", { component: "foo", to: "staging", confirm: true }, 'Unrecognized key: "confirm"'],
    ["promote", { component: "foo", to: "dev" }, "to"],
  ])("of %s that are wrong are answered by name, and nothing is called: %j", async (tool, given, said) => {
    const commandLine = spy(() => ({}));
    const client = await connect(commandLine, "2025-11-25");
    const answered = await client.callTool({ name: tool, arguments: given });
    expect([answered.isError, textOf(answered)]).toEqual([true, expect.stringContaining(said)]);
    expect(commandLine.calls).toEqual([]);
  });
});
