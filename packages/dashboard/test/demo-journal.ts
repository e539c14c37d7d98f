import {
  memoryJournal,
  type Change,
  type Finding,
  type GateResult,
  type Journal,
  type Measurement,
  type Plan,
  type Target,
  type TowpathEvent,
} from "@towpath/core";

/** An event without its stamp. */
export type Bare = TowpathEvent extends infer E
  ? E extends TowpathEvent
    ? Omit<E, "seq" | "at" | "run">
    : never
  : never;

/** When the first run of the demonstration begins. */
export const begin: number = Date.parse("2026-11-02T08:00:00Z");
const hour = 3_600_000;

/** When the last one has ended, for demonstrations of 40 runs. */
export const demoNow: number = begin + 40 * 7 * hour;

const retry = { max: 3, baseMs: 1_000, factor: 2, capMs: 10_000 };

interface DemoGate {
  readonly name: string;
  /** What the real gate of this name fails with. */
  readonly code: string;
  readonly category: GateResult["category"];
  /** Usual time in milliseconds. */
  readonly ms: number;
  readonly figure: Omit<Measurement, "value">;
  /** The figure, and what is found when it is bad. */
  readonly good: number;
  readonly bad: number;
  readonly rules: readonly (readonly [rule: string, file: string, line: number, message: string])[];
}

const figure = (
  name: string,
  unit: string,
  operator: Measurement["operator"],
  threshold: number,
  line: number,
): DemoGate["figure"] => ({
  name,
  unit,
  operator,
  threshold,
  source: `towpath.config.yaml:${line}`,
});

const stagesOfDemo: readonly (readonly [
  stage: Plan["stages"][number]["name"],
  gates: readonly DemoGate[],
])[] = [
  [
    "specification",
    [
      {
        name: "spec",
        code: "TP1110",
        category: "specification",
        ms: 900,
        figure: figure("missing parts", "parts", "<=", 0, 8),
        good: 0,
        bad: 1,
        rules: [
          [
            "missing-error-case",
            "specs/shop.md",
            31,
            "FR-4 does not say what happens when the basket is empty",
          ],
        ],
      },
      {
        name: "conflicts",
        code: "TP1120",
        category: "specification",
        ms: 400,
        figure: figure("conflicts", "conflicts", "<=", 0, 9),
        good: 0,
        bad: 1,
        rules: [["two-owners", "specs/shop.md", 12, "the port 8080 belongs to mail already"]],
      },
    ],
  ],
  [
    "implementation",
    [
      {
        name: "api",
        code: "TP1125",
        category: "specification",
        ms: 700,
        figure: figure("missing names", "names", "<=", 0, 10),
        good: 0,
        bad: 2,
        rules: [
          [
            "missing-name",
            "src/shop/api.py",
            1,
            "`checkout` stands in the specification and not in the code",
          ],
        ],
      },
    ],
  ],
  [
    "testing",
    [
      {
        name: "tests",
        code: "TP3202",
        category: "testing",
        ms: 14_000,
        figure: figure("failed tests", "tests", "<=", 0, 12),
        good: 0,
        bad: 2,
        rules: [["failed", "tests/test_basket.py", 44, "test_empty_basket: expected 0, got None"]],
      },
      {
        name: "coverage",
        code: "TP3201",
        category: "testing",
        ms: 2_700,
        figure: figure("line coverage", "%", ">=", 70, 14),
        good: 78.4,
        bad: 64.2,
        rules: [],
      },
      {
        name: "flaky",
        code: "TP3203",
        category: "testing",
        ms: 1_200,
        figure: figure("flaky tests", "tests", "<=", 0, 15),
        good: 0,
        bad: 1,
        rules: [["flaky", "tests/test_mail.py", 9, "test_retry passed in two of three tries"]],
      },
    ],
  ],
  [
    "refactoring",
    [
      {
        name: "lint",
        code: "TP3101",
        category: "code-quality",
        ms: 600,
        figure: figure("lint errors", "errors", "<=", 0, 18),
        good: 0,
        bad: 2,
        rules: [
          ["F401", "src/shop/basket.py", 3, "`os` imported but unused"],
          ["E501", "src/shop/api.py", 57, "the line is too long (131 > 110)"],
        ],
      },
      {
        name: "types",
        code: "TP3301",
        category: "code-quality",
        ms: 5_200,
        figure: figure("type errors", "errors", "<=", 0, 19),
        good: 0,
        bad: 1,
        rules: [
          ["reportReturnType", "src/shop/api.py", 88, "`None` does not fit the declared type `Receipt`"],
        ],
      },
      {
        name: "complexity",
        code: "TP3501",
        category: "code-quality",
        ms: 800,
        figure: figure("highest complexity", "", "<=", 10, 20),
        good: 7,
        bad: 14,
        rules: [["C901", "src/shop/prices.py", 21, "`total` has a complexity of 14"]],
      },
      {
        name: "secrets",
        code: "TP3401",
        category: "security",
        ms: 1_100,
        figure: figure("secrets", "secrets", "<=", 0, 22),
        good: 0,
        bad: 1,
        rules: [["private-key", "src/shop/pay.py", 5, "a private key stands in the code"]],
      },
      {
        name: "dependencies",
        code: "TP3403",
        category: "security",
        ms: 2_600,
        figure: figure("vulnerable packages", "packages", "<=", 0, 23),
        good: 0,
        bad: 1,
        rules: [["PYSEC-2026-11", "pyproject.toml", 14, "requests 2.19 has a known vulnerability"]],
      },
    ],
  ],
  [
    "staging",
    [
      {
        name: "integration",
        code: "TP3202",
        category: "testing",
        ms: 8_200,
        figure: figure("failed tests", "tests", "<=", 0, 26),
        good: 0,
        bad: 1,
        rules: [["failed", "tests/integration/test_order.py", 18, "test_order: the answer was 500"]],
      },
      {
        name: "documentation",
        code: "TP3601",
        category: "documentation",
        ms: 500,
        figure: figure("missing parts", "parts", "<=", 0, 27),
        good: 0,
        bad: 1,
        rules: [["no-example", "README.md", 1, "no example of use"]],
      },
    ],
  ],
];

/** How a gate of a demonstration ends. */
export type DemoOutcome = "good" | "bad" | "broken";

/** What a demonstration is made of. */
export interface DemoOptions {
  /** @default 40 */
  readonly runs?: number;
  /** @default a new one in memory */
  readonly into?: Journal;
  /** Put into the text of every finding, reason and message. @default nothing */
  readonly text?: string;
}

/** A journal with runs of two components, the same each time. The last run stops at three gates. */
export function demoJournal({ runs = 40, into = memoryJournal(), text = "" }: DemoOptions = {}): Journal {
  const random = sequence(7);
  for (let index = 0; index < runs; index += 1) {
    const component = index % 4 === 2 ? "mail" : "shop";
    const last = index === runs - 1;
    writeRun(into, {
      id: `r${String(index + 1).padStart(4, "0")}`,
      component,
      target: last || index % 3 !== 1 ? "staging" : "dev",
      startedAt: begin + index * 7 * hour,
      random,
      text,
      outcomeOf: (gate) => {
        if (last)
          return (
            { lint: "bad", complexity: "bad", dependencies: "broken" } as Partial<Record<string, DemoOutcome>>
          )[gate];
        const drawn = random();
        return drawn < 0.035 ? "bad" : drawn < 0.045 ? "broken" : undefined;
      },
    });
  }
  return into;
}

/** The plan of a run of a demonstration. */
export function demoPlan(component: string, target: Target): Plan {
  const wanted = stagesOfDemo.filter(([stage]) => target !== "dev" || stage !== "staging");
  return {
    schemaVersion: 1,
    kind: "run",
    target,
    components: [
      { name: component, source: [`src/${component}`], tests: ["tests"], spec: `specs/${component}.md` },
    ],
    stages: wanted.map(([name, gates]) => ({
      name,
      retry,
      gates: gates.map((gate) => ({
        name: gate.name,
        plugin: `@towpath/gate-${gate.name}`,
        policy: "p",
        category: gate.category,
        components: [component],
        required: true,
        executesCode: false,
        afterDeploy: false,
        timeoutMs: 60_000,
        thresholds: [gate.figure],
      })),
    })),
    plugins: [],
    configFile: "towpath.config.yaml",
    trusted: true,
    leftOut: [],
    fix: true,
    reuse: true,
    maxAgeMs: 24 * hour,
  };
}

interface RunOptions {
  readonly id: string;
  readonly component: string;
  readonly target: Target;
  readonly startedAt: number;
  readonly random: () => number;
  readonly text: string;
  readonly outcomeOf: (gate: string) => DemoOutcome | undefined;
}

function writeRun(
  journal: Journal,
  { id, component, target, startedAt, random, text, outcomeOf }: RunOptions,
): void {
  const plan = demoPlan(component, target);
  let now = startedAt;
  const events: { run: string; event: TowpathEvent }[] = [];
  const say = (event: Bare): void =>
    void events.push({ run: id, event: stamp(event, id, events.length + 1, now) });
  let exit = 0;
  say({
    type: "run:start",
    kind: "run",
    components: [component],
    target,
    stages: plan.stages.map(({ name }) => name),
  });
  for (const [stage, gates] of stagesOfDemo.filter(([name]) =>
    plan.stages.some((one) => one.name === name),
  )) {
    const began = now;
    say({ type: "stage:start", stage, gates: gates.map(({ name }) => name) });
    if (stage === "specification") say({ type: "plan", component, tasks: 9, hits: 14 });
    if (stage === "implementation") {
      now += 9_000;
      say({
        type: "agent:end",
        agent: "codex",
        component,
        round: 1,
        state: "done",
        files: ["src/a.py", "src/b.py"],
        durationMs: 9_000,
      });
    }
    if (stage === "testing")
      say({ type: "tests", component, generated: 63, vacuous: 0, red: 63, files: ["tests/test_spec.py"] });
    if (stage === "staging") {
      now += 3_000;
      say({
        type: "release",
        environment: "staging",
        step: "apply",
        digest: "9f2c".repeat(16),
        ok: true,
        detail: `release in staging ${text}`,
        durationMs: 3_000,
      });
    }
    const begun = now;
    let latest = now;
    for (const gate of gates) {
      now = begun;
      const outcome = outcomeOf(gate.name) ?? "good";
      const tries = outcome === "broken" ? 3 : 1;
      for (let attempt = 1; attempt <= tries; attempt += 1) {
        const ms = Math.round(gate.ms * (0.8 + random() * 0.5));
        say({ type: "gate:start", gate: gate.name, components: [component], attempt });
        say({ type: "log", gate: gate.name, line: `${gate.name}: looking at src/${component} ${text}` });
        now += ms;
        say({
          type: "gate:end",
          gate: gate.name,
          result: demoResult(gate.name, {
            component,
            target,
            outcome,
            attempt,
            ms,
            startedAt: now - ms,
            text,
          }),
        });
        if (attempt < tries) {
          say({
            type: "retry",
            gate: gate.name,
            attempt: attempt + 1,
            delayMs: attempt * 2_000,
            reason: `no answer from the index ${text}`,
          });
          now += attempt * 2_000;
        }
      }
      if (outcome !== "good") exit = exit === 1 || outcome === "bad" ? 1 : 3;
      latest = Math.max(latest, now);
    }
    now = latest + 200;
    say({ type: "stage:end", stage, status: exit === 0 ? "passed" : "stopped", durationMs: now - began });
    // A stage after the one that stopped is never entered.
    if (exit !== 0) break;
  }
  say({ type: "run:end", exit, status: "closed", durationMs: now - startedAt });
  journal.commit({
    begin: { id, plan, startedAt, epoch: 1, status: "closed", exit, changedAt: now },
    events,
    messages: messagesOf(id, component, startedAt, exit, text),
  });
  if (exit === 0 && target === "staging")
    journal.commit({
      facts: [
        {
          component,
          fact: {
            kind: "deployment",
            at: new Date(now).toISOString(),
            run: id,
            environment: "staging",
            digest: "9f2c".repeat(16),
            state: "verified",
            current: "9f2c".repeat(16),
            url: "http://127.0.0.1:8080",
          },
        },
      ],
      samples: Array.from({ length: 30 }, (_, minute) => ({
        component,
        environment: "staging" as const,
        digest: "9f2c".repeat(16),
        t: now + minute * 60_000,
        state: minute === 11 ? ("down" as const) : ("up" as const),
      })),
    });
}

/** The result of a gate of a demonstration. */
export function demoResult(
  name: string,
  {
    component,
    target,
    outcome,
    attempt = 1,
    ms = 500,
    startedAt,
    text = "",
  }: {
    readonly component: string;
    readonly target: Target;
    readonly outcome: DemoOutcome;
    readonly attempt?: number;
    readonly ms?: number;
    readonly startedAt: number;
    readonly text?: string;
  },
): GateResult {
  const gate = stagesOfDemo.flatMap(([, gates]) => gates).find((one) => one.name === name);
  if (gate === undefined) throw new Error(`the demonstration has no gate ${name}`);
  const broken = outcome === "broken";
  const findings =
    outcome === "bad"
      ? gate.rules.map(([rule, file, line, message]) =>
          findingOf(gate.name, rule, file, line, `${message} ${text}`),
        )
      : [];
  return {
    schemaVersion: 1,
    gate: gate.name,
    plugin: `@towpath/gate-${gate.name}`,
    category: gate.category,
    component,
    target,
    verdict: { good: "passed", bad: "failed", broken: "errored" }[outcome] as GateResult["verdict"],
    ...(outcome === "good" ? {} : { code: broken ? "TP4003" : gate.code }),
    required: true,
    candidates: 12,
    checked: broken ? 0 : 12,
    findings,
    measurements: broken
      ? []
      : [
          {
            ...gate.figure,
            value:
              outcome === "bad"
                ? gate.bad
                : gate.good - (gate.figure.unit === "%" ? (startedAt / hour) % 5 : 0),
          },
        ],
    warnings: [],
    notes: text === "" ? [] : [text],
    ...(broken ? {} : { tool: { name: gate.name, version: "1.4.2", via: "venv" } }),
    ...(broken
      ? {
          error: {
            kind: "network" as const,
            message: `no answer from the index after ${attempt} tries ${text}`,
            why: "The index did not answer.",
            fix: ["towpath doctor"],
            where: [],
          },
        }
      : {}),
    inputs: { tree: "t", config: "c", policy: "p", environment: "e" },
    startedAt: new Date(startedAt).toISOString(),
    durationMs: ms,
    attempts: attempt,
  };
}

function findingOf(gate: string, rule: string, file: string, line: number, message: string): Finding {
  return {
    fingerprint: `${rule}-${file}`,
    tool: gate,
    rule,
    level: "error",
    message,
    file,
    range: { startLine: line, startColumn: 8, endLine: line, endColumn: 10 },
    ...(rule === "F401" ? { fix: { kind: "command", argv: ["towpath", "check", gate, "--fix"] } } : {}),
  };
}

function messagesOf(
  run: string,
  component: string,
  at: number,
  exit: number,
  text: string,
): NonNullable<Change["messages"]> {
  const session = `${component}-workflow-${new Date(at).toISOString().slice(0, 10)}`;
  const message = (
    kind: "architectural_decisions" | "requirements" | "test_results" | "refactoring_decisions",
    importance: number,
    content: string,
    minutes: number,
    refs?: Readonly<Record<string, string>>,
  ): NonNullable<Change["messages"]>[number] => ({
    component,
    message: {
      role: "user",
      kind,
      content: `${content} ${text}`.trim(),
      importance,
      at: new Date(at + minutes * 1_000).toISOString(),
      untrusted: kind === "test_results",
      run,
      session,
      ...(refs === undefined ? {} : { refs: { paths: refs } }),
    },
  });
  return [
    message(
      "architectural_decisions",
      1,
      "Prices are whole cents: floats lost a cent in every third basket.",
      1,
      { "src/shop/prices.py": "before" },
    ),
    message("requirements", 1, "FR-4: an empty basket costs nothing and cannot be ordered.", 2),
    message(
      "test_results",
      0.9,
      exit === 0 ? "63 tests passed; line coverage 78.4 %." : "61 of 63 tests passed; line coverage 64.2 %.",
      30,
    ),
    message("refactoring_decisions", 0.7, "`total` was split: one function per kind of discount.", 40),
  ];
}

/** An event with its stamp. */
export function stamp(event: Bare, run: string, seq: number, at: number): TowpathEvent {
  return { ...event, seq, run, at: new Date(at).toISOString() } as TowpathEvent;
}

/** Numbers from 0 to 1, the same each time. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
