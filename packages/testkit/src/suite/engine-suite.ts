import { appendFileSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Breakage,
  stages,
  type Engine,
  type Plan,
  type PluginApi,
  type RunReport,
  type StoredEvent,
  type Work,
} from "@towpath/core";
import { bareHost, component, gate, good, testClock, type TestClock } from "./engine/bare-run.ts";
import { brokenCases, crashCases, race } from "./engine/crash-matrix.ts";
import type { EngineModule } from "./engine/engine-module.ts";
import { plantedBugs } from "./engine/planted-bugs.ts";
import { createVoyage, type Voyage, type VoyageOptions } from "./engine/voyage.ts";
import type { TestRunner } from "./test-runner.ts";

/** What an engine's package hands to its suite. */
export interface EngineSuiteOptions {
  /** Stands in the titles. */
  readonly name: string;
  /** Address of the module that exports `openEngine`; child processes of the crash matrix import it, too. */
  readonly module: string;
  /** Whether runs outlive their process. Without it there is no crash matrix. */
  readonly durable: boolean;
}

/** The crash matrix starts some thousand processes. */
const crashLimitMs = 1_200_000;

const day = 86_400_000;

/** A run without stages, for pipelines of a test's own. */
const barePlan: Plan = {
  schemaVersion: 1,
  kind: "run",
  target: "dev",
  components: [component],
  stages: [],
  plugins: [],
  trusted: true,
  leftOut: [],
  fix: false,
  reuse: true,
  maxAgeMs: day,
};

interface Bench {
  readonly folder: string;
  readonly clock: TestClock;
  open(): Engine;
  voyage(options?: VoyageOptions): Promise<Voyage>;
}

/**
 * Registers the promises that every engine must keep: recorded steps are never done again, guarded effects are probed,
 * waits outlive their process, one owner, whole chains, exact retries. For a durable engine also the crash matrix:
 * kill -9 before and after every write and every effect, two crashes deep, with three planted bugs that it must find.
 * @example engineSuite({ describe, it, expect }, { name: "sqlite", module: new URL("../test/engine-module.ts", import.meta.url).href, durable: true });
 */
export function engineSuite(runner: TestRunner, { name, module, durable }: EngineSuiteOptions): void {
  const { describe, it, expect } = runner;
  const promise = (title: string, body: (bench: Bench) => Promise<void>): unknown =>
    it(title, async () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), "towpath-engine-")));
      const clock = testClock();
      // The address comes from the package under test.
      const { openEngine } = (await import(module)) as EngineModule;
      const opened: Engine[] = [];
      try {
        await body({
          folder,
          clock,
          open() {
            const engine = openEngine({ folder, clock });
            opened.push(engine);
            return engine;
          },
          voyage: (options) => createVoyage(folder, clock, options),
        });
      } finally {
        for (const engine of opened) engine.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  const exits = (...reports: readonly RunReport[]): readonly unknown[] =>
    reports.map(({ status, exit }) => [status, exit]);

  describe(`the engine ${name}`, () => {
    promise("carries a run to production, one effect in each environment", async ({ open, voyage }) => {
      const { start, staging, production } = await voyage();
      const report = await start(open(), "r1");
      expect(exits(report)).toEqual([["closed", 0]]);
      expect(report.stages.map(({ stage }) => stage)).toEqual(stages.map((row) => row.name));
      const effects = [staging, production].map((world) => world.lines().map(({ action }) => action));
      expect(effects).toEqual([
        ["apply", "confirm"],
        ["apply", "confirm"],
      ]);
      const digests = [staging, production].flatMap((world) => world.lines().map(({ digest }) => digest));
      expect(new Set(digests).size).toBe(1);
    });

    promise("answers a closed run as it was, and does nothing (I4)", async ({ open, voyage }) => {
      let asked = 0;
      const { start, resume, staging } = await voyage({
        onGate: async () => {
          asked += 1;
          return undefined;
        },
      });
      const engine = open();
      const first = await start(engine, "r1");
      const before = { asked, lines: staging.lines(), evidence: engine.journal.evidence("foo") };
      const again = await resume(engine, "r1");
      expect({ asked, lines: staging.lines(), evidence: engine.journal.evidence("foo") }).toEqual(before);
      expect(again.stages).toEqual(first.stages);
      expect(exits(again)).toEqual(exits(first));
    });

    promise(
      "keeps the record of a run whole: events, evidence, messages (I2, I3)",
      async ({ open, voyage }) => {
        const { start } = await voyage();
        const { journal } = await startedEngine(open, start);
        expect(journal.brokenEvents("r1")).toBe(undefined);
        const events: readonly StoredEvent[] = journal.events({ run: "r1" });
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect([events[0]?.event.type, events.at(-1)?.event.type]).toEqual(["run:start", "run:end"]);
        expect(journal.evidence("foo").entries.length).toBe(6);
        expect(journal.messages("foo", "r1").map(({ importance }) => importance)).toEqual([
          1, 1, 0.9, 0.7, 0.9, 1,
        ]);
        expect(journal.facts("foo").entries.length).toBe(5);
      },
    );

    promise(
      "parks a run that waits, knows when it is due, and goes on from there",
      async ({ open, voyage, clock }) => {
        const { start, resume, production } = await voyage({ soakMs: 7 * day });
        const engine = open();
        const begun = clock.now();
        const parked = await start(engine, "r1");
        expect(exits(parked)).toEqual([["parked", 5]]);
        expect(parked.wait?.for).toBe("the soak");
        expect(engine.due(clock.now()).map(({ id }) => id)).toEqual([]);
        clock.move(6 * day);
        expect(exits(await resume(engine, "r1"))).toEqual([["parked", 5]]);
        expect(production.lines().length).toBe(0);
        clock.move(2 * day);
        expect(engine.due(clock.now()).map(({ id }) => id)).toEqual(["r1"]);
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 0]]);
        expect(engine.due(clock.now()).map(({ id }) => id)).toEqual([]);
        // Going back in time takes nothing back.
        clock.move(begun - day - clock.now());
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 0]]);
        expect(production.lines().map(({ action }) => action)).toEqual(["apply", "confirm"]);
      },
    );

    promise(
      "sleeps against the wall clock, however long, and not again when it is replayed (R10)",
      async ({ open, voyage, clock }) => {
        const { kernel } = await voyage();
        const engine = open();
        const until = clock.now() + 30 * day;
        const work: Work = {
          async pipeline(ctx) {
            await ctx.sleepUntil("nap", until);
            const outcome = await ctx.step("after", { plugin: "core", name: "stop", effect: "pure" }, null);
            return { exit: outcome.ok ? 0 : 130, stages: [] };
          },
          steps: {
            execute: async () => null,
            probe: async () => ({ state: "absent" }),
            assume: async () => null,
          },
          bus: kernel.bus,
          signal: new AbortController().signal,
        };
        await engine.start({ id: "r1", plan: barePlan }, work);
        expect(clock.slept.every((ms) => ms <= 3_600_000)).toBe(true);
        expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(30 * day);
        clock.move(-10 * day);
        await engine.resume("r1", work);
        expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(30 * day);
      },
    );

    promise(
      "knows that an interrupted run is due, and one that an operator must look at is not",
      async ({ open, voyage, clock }) => {
        const engine = open();
        const { start } = await voyage({ soakMs: day });
        await start(engine, "r1");
        for (const [status, ids] of [
          ["running", ["r1"]],
          ["stopped", ["r1"]],
          ["unknown", []],
        ] as const) {
          engine.journal.commit({ update: { run: "r1", status, wait: null } });
          expect(engine.due(clock.now()).map(({ id }) => id)).toEqual(ids);
        }
      },
    );

    for (const settle of ["applied", "absent"] as const)
      promise(`believes an operator who says that a deploy is ${settle}`, async ({ open, voyage }) => {
        const engine = open();
        const broken = settle === "applied" ? { brokenAfter: 1 } : { brokenBefore: 1 };
        const { start, resume, staging } = await voyage({ staging: { ...broken, probe: "unknown" } });
        expect(exits(await start(engine, "r1"))).toEqual([["unknown", 6]]);
        expect(exits(await resume(engine, "r1"))).toEqual([["unknown", 6]]);
        expect(exits(await resume(engine, "r1", { settle }))).toEqual([["closed", 0]]);
        expect(staging.lines().filter(({ action }) => action === "apply").length).toBe(1);
        const said = engine.journal
          .events({ run: "r1" })
          .flatMap(({ event }) => (event.type === "warning" ? [event.message] : []));
        expect(said.some((message) => message.includes(`an operator says`))).toBe(true);
      });

    promise(
      "passes over no run whose release was neither found good nor taken back",
      async ({ open, voyage }) => {
        const stop = new AbortController();
        const engine = open();
        const { start, resume, staging } = await voyage({ staging: { onWatch: () => stop.abort() } });
        const report = await start(engine, "r1", { host: { signal: stop.signal } });
        expect(exits(report)).toEqual([["stopped", 130]]);
        expect(staging.lines().map(({ action }) => action)).toEqual(["apply"]);
        expect(await caught(() => start(engine, "r2", { onConflict: "supersede" }))).toBe("TP6101");
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 0]]);
        expect(exits(await start(engine, "r2", { onConflict: "supersede" }))).toEqual([["closed", 0]]);
      },
    );

    promise("takes a bad release back although the run was cancelled", async ({ open, voyage }) => {
      const stop = new AbortController();
      const engine = open();
      const { start, resume, staging } = await voyage({
        staging: { sick: true, onWatch: () => stop.abort() },
      });
      await start(engine, "r1", { host: { signal: stop.signal } });
      expect(staging.lines().map(({ action }) => action)).toEqual(["apply", "rollback"]);
      expect(exits(await resume(engine, "r1"))).toEqual([["closed", 1]]);
      expect(staging.lines().length).toBe(2);
    });

    promise(
      "tries a broken watch again, and takes back what nobody could watch",
      async ({ open, voyage }) => {
        let watches = 0;
        const onWatch = (): void => {
          watches += 1;
          if (watches !== 2) throw new Breakage("network", { message: "no answer" });
        };
        const { start, staging, production } = await voyage({
          staging: { onWatch },
          production: { onWatch },
        });
        const report = await start(open(), "r1");
        expect([watches, exits(report)]).toEqual([5, [["closed", 3]]]);
        expect(staging.lines().map(({ action }) => action)).toEqual(["apply", "confirm"]);
        expect(production.lines().map(({ action }) => action)).toEqual(["apply", "rollback"]);
      },
    );

    promise(
      "asks for an operator when a bad release cannot be taken back, and takes it back when it can",
      async ({ open, voyage }) => {
        const engine = open();
        const { start, resume, production } = await voyage({
          production: { sick: true, brokenRollback: 4 },
        });
        expect(exits(await start(engine, "r1"))).toEqual([["unknown", 6]]);
        expect(production.lines().map(({ action }) => action)).toEqual(["apply"]);
        expect(await caught(() => start(engine, "r2", { onConflict: "supersede" }))).toBe("TP6101");
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 1]]);
        expect(production.lines().map(({ action }) => action)).toEqual(["apply", "rollback"]);
      },
    );

    promise(
      "does not go on in untrusted mode with what was planned for trusted code",
      async ({ open, voyage, clock }) => {
        const engine = open();
        const { start, resume, production } = await voyage({ soakMs: day });
        await start(engine, "r1");
        clock.move(2 * day);
        expect(await caught(() => resume(engine, "r1", { host: { trusted: false } }))).toBe("TP1210");
        expect(production.lines()).toEqual([]);
      },
    );

    promise(
      "does not promote past a planned gate that nothing registers any more",
      async ({ open, voyage, clock }) => {
        const engine = open();
        const more = (api: PluginApi): void => api.gate(gate("once", { stages: ["testing"] }));
        const { start } = await voyage({ soakMs: day, more });
        expect(exits(await start(engine, "r1"))).toEqual([["parked", 5]]);
        clock.move(2 * day);
        const { resume, production } = await voyage({ soakMs: day });
        const report = await resume(engine, "r1");
        expect(exits(report)).toEqual([["closed", 3]]);
        expect(production.lines()).toEqual([]);
      },
    );

    promise(
      "builds again when what the code may import has changed, and only then",
      async ({ folder, open, voyage, clock }) => {
        let version = 1;
        const { workspace } = bareHost(folder, clock);
        const host = {
          workspace: {
            ...workspace,
            list: async (paths: readonly string[]) => ({
              files: paths.flatMap((path) => (path === "." ? ["pyproject.toml"] : [`${path}/a.py`])),
              missing: [],
            }),
            digest: async (names: readonly string[]) =>
              JSON.stringify(names.map((path) => (path === "pyproject.toml" ? `${path} ${version}` : path))),
          },
        };
        const engine = open();
        const { start } = await voyage();
        const builds = (): number =>
          engine.journal.facts("foo").entries.filter(({ body }) => JSON.parse(body).kind === "release")
            .length;
        await start(engine, "r1", { host });
        await start(engine, "r2", { host });
        expect(builds()).toBe(1);
        version = 2;
        await start(engine, "r3", { host });
        expect(builds()).toBe(2);
      },
    );

    promise("takes a drilled release back also when nobody can ask for alerts", async ({ open, voyage }) => {
      const engine = open();
      const { start, drill, staging } = await voyage({
        soakMs: day,
        more: (api) =>
          api.alerts({
            name: "pager",
            alerts: async () => {
              throw new Breakage("network", { message: "no answer" });
            },
          }),
      });
      await start(engine, "r1");
      expect(exits(await drill(engine, "d1", "monitoring"))).toEqual([["closed", 3]]);
      expect(staging.lines().at(-1)?.current).toBe(staging.lines()[0]?.digest);
    });

    promise("does not say that it went back where nothing changed", async ({ open, voyage }) => {
      const engine = open();
      const { start, rollBack, production } = await voyage({ production: { brokenRollback: 9 } });
      await start(engine, "r1");
      expect(exits(await rollBack(engine, "b1"))).toEqual([["unknown", 6]]);
      expect(production.lines().map(({ action }) => action)).toEqual(["apply", "confirm"]);
    });

    promise(
      "tries a deploy again that broke, after asking its target, with exact delays",
      async ({ open, voyage, clock }) => {
        const retry = { max: 5, baseMs: 2_000, factor: 2, capMs: 30_000 };
        const { start, staging } = await voyage({ retry, staging: { brokenBefore: 3 } });
        const engine = open();
        const report = await start(engine, "r1");
        expect(exits(report)).toEqual([["closed", 0]]);
        expect(staging.lines().filter(({ action }) => action === "apply").length).toBe(1);
        expect(clock.slept).toEqual([2_000, 4_000, 8_000]);
        const step = engine.journal.steps("r1").find(({ id }) => id === "staging/deploy");
        expect(step?.attempt).toBe(4);
        const retries = engine.journal.events({ run: "r1" }).filter(({ event }) => event.type === "retry");
        expect(retries.length).toBe(3);
      },
    );

    for (const [stage, delays] of [
      ["testing", [1_000, 2_000, 4_000]],
      ["refactoring", [1_000, 2_000, 4_000]],
      ["staging", [2_000, 4_000, 8_000, 16_000]],
      ["production", [5_000, 7_500, 11_250]],
    ] as const)
      promise(
        `tries breakage at ${stage} again by the table, to the millisecond (R32)`,
        async ({ open, voyage, clock }) => {
          const engine = open();
          let asked = 0;
          const { start } = await voyage({
            retry: "table",
            more: (api) =>
              api.gate({
                ...gate("flaky-tool", { stages: [stage] }),
                async check() {
                  asked += 1;
                  if (asked <= delays.length) throw new Breakage("network", { message: "no answer" });
                  return good;
                },
              }),
          });
          const report = await start(engine, "r1");
          expect(exits(report)).toEqual([["closed", 0]]);
          expect(clock.slept).toEqual(delays);
          const results = report.stages.flatMap((one) => one.results);
          expect(results.find((one) => one.gate === "flaky-tool")?.attempts).toBe(delays.length + 1);
        },
      );

    promise("never tries a finding again", async ({ open, voyage, clock }) => {
      let asked = 0;
      const { start } = await voyage({
        retry: "table",
        more: (api) =>
          api.gate({
            ...gate("strict"),
            async check() {
              asked += 1;
              const finding = {
                fingerprint: "f",
                tool: "t",
                rule: "R",
                level: "error",
                message: "m",
              } as const;
              return { ...good, findings: [finding] };
            },
          }),
      });
      expect(exits(await start(open(), "r1"))).toEqual([["closed", 1]]);
      expect(asked).toBe(1);
      expect(clock.slept).toEqual([]);
    });

    promise("adopts an effect whose deployer said that it broke (R3)", async ({ open, voyage }) => {
      const { start, staging, production } = await voyage({
        staging: { brokenAfter: 1 },
        production: { brokenAfter: 9 },
      });
      expect(exits(await start(open(), "r1"))).toEqual([["closed", 0]]);
      for (const world of [staging, production])
        expect(world.lines().filter(({ action }) => action === "apply").length).toBe(1);
    });

    for (const probe of ["unknown", "throws"] as const)
      promise(
        `lets an operator look when the target's answer is: ${probe} (R2)`,
        async ({ open, voyage }) => {
          const engine = open();
          const lost = await voyage({ staging: { brokenAfter: 1, probe } });
          const report = await lost.start(engine, "r1");
          expect(exits(report)).toEqual([["unknown", 6]]);
          // Nobody passes it over, not even by force.
          const refused = await caught(() => lost.start(engine, "r2", { onConflict: "supersede" }));
          expect(refused).toBe("TP6101");
          const found = await voyage();
          expect(exits(await found.resume(engine, "r1"))).toEqual([["closed", 0]]);
          expect(found.staging.lines().filter(({ action }) => action === "apply").length).toBe(1);
        },
      );

    promise(
      "takes a release back that turns out bad, and does not deploy it again",
      async ({ open, voyage }) => {
        const engine = open();
        const sick = await voyage({ production: { sick: true } });
        const report = await sick.start(engine, "r1");
        expect(exits(report)).toEqual([["closed", 1]]);
        expect(sick.production.lines().map(({ action }) => action)).toEqual(["apply", "rollback"]);
        const again = await sick.start(engine, "r2");
        expect(exits(again)).toEqual([["closed", 1]]);
        expect(again.stages.at(-1)?.reason?.includes("was found bad in production")).toBe(true);
        expect(sick.production.lines().length).toBe(2);
      },
    );

    promise(
      "leaves an environment alone that refuses a release, and does not offer it again",
      async ({ open, voyage }) => {
        const engine = open();
        const { start, staging } = await voyage({ staging: { refuses: true } });
        const report = await start(engine, "r1");
        expect(exits(report)).toEqual([["closed", 1]]);
        expect(report.stages.at(-1)?.reason).toBe("the release was refused: its health check said no");
        expect(staging.lines()).toEqual([]);
        const well = await voyage();
        const again = await well.start(engine, "r2");
        expect([again.exit, again.stages.at(-1)?.code]).toEqual([1, "TP5004"]);
        expect(well.staging.lines()).toEqual([]);
      },
    );

    promise(
      "deploys only the bytes that were built: a release that was edited on disk goes nowhere",
      async ({ folder, open, voyage, clock }) => {
        const engine = open();
        const { start, resume, production } = await voyage({ soakMs: day });
        await start(engine, "r1");
        const [digest = ""] = readdirSync(join(folder, ".towpath", "artifacts"));
        appendFileSync(join(folder, ".towpath", "artifacts", digest, "foo.txt"), "and more\n");
        clock.move(2 * day);
        const report = await resume(engine, "r1");
        expect(exits(report)).toEqual([["closed", 3]]);
        expect(report.stages.at(-1)?.code).toBe("TP5006");
        expect(production.lines()).toEqual([]);
      },
    );

    promise(
      "drills a rollback beside a run that waits, and writes down how it went",
      async ({ open, voyage }) => {
        const engine = open();
        const { start, drill, staging } = await voyage({ soakMs: day });
        await start(engine, "r1");
        const report = await drill(engine, "d1", "rollback");
        expect(exits(report)).toEqual([["closed", 0]]);
        expect(report.scenarios?.map((scenario) => [scenario.name, scenario.passed])).toEqual([
          ["crash-after-requests", true],
        ]);
        expect(staging.lines().map(({ action }) => action)).toEqual([
          "apply",
          "confirm",
          "apply",
          "rollback",
        ]);
        const [release] = staging.lines();
        expect(staging.lines().at(-1)?.current).toBe(release?.digest);
        const fact = JSON.parse(engine.journal.facts("foo").entries.at(-1)?.body ?? "");
        expect([fact.kind, fact.digest, fact.scenarios]).toEqual([
          "drill",
          release?.digest,
          report.scenarios,
        ]);
        expect(engine.journal.run("r1")?.status).toBe("parked");
      },
    );

    promise(
      "fails a drill whose bad release nobody notices, and still takes it back",
      async ({ open, voyage }) => {
        const engine = open();
        const { start, drill, staging } = await voyage({ soakMs: day, staging: { blind: true } });
        await start(engine, "r1");
        expect(exits(await drill(engine, "d1", "rollback"))).toEqual([["closed", 1]]);
        expect(staging.lines().at(-1)?.current).toBe(staging.lines()[0]?.digest);
      },
    );

    for (const [alert, exit] of [
      ["foo is down", 0],
      [undefined, 1],
    ] as const)
      promise(
        `drills monitoring, and ${alert === undefined ? "fails without an alert" : "sees the alert"}`,
        async ({ open, voyage, clock }) => {
          const engine = open();
          const { start, drill, staging } = await voyage({
            soakMs: day,
            more: (api) =>
              api.alerts({
                name: "pager",
                alerts: async (_, since) =>
                  alert !== undefined && clock.now() > since + 5_000 ? [alert] : [],
              }),
          });
          await start(engine, "r1");
          expect(exits(await drill(engine, "d1", "monitoring"))).toEqual([["closed", exit]]);
          expect(staging.lines().at(-1)?.current).toBe(staging.lines()[0]?.digest);
        },
      );

    promise(
      "goes back in production because a person wants it, and says when nothing is left",
      async ({ open, voyage }) => {
        const engine = open();
        const { start, rollBack, production } = await voyage();
        await start(engine, "r1");
        // It was the only release that was ever there.
        expect(exits(await rollBack(engine, "b1"))).toEqual([["closed", 1]]);
        expect(production.lines().at(-1)?.current).toBe(null);
      },
    );

    promise(
      "finishes a deploy that is under way when the run is cancelled, and goes on later (R20)",
      async ({ open, voyage }) => {
        const stop = new AbortController();
        const engine = open();
        const { start, resume, staging } = await voyage({
          staging: { onEffect: (when) => (when === "before" ? stop.abort() : undefined) },
        });
        const report = await start(engine, "r1", { host: { signal: stop.signal } });
        expect(exits(report)).toEqual([["stopped", 130]]);
        expect(staging.lines().map(({ action }) => action)).toEqual(["apply"]);
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 0]]);
        expect(staging.lines().filter(({ action }) => action === "apply").length).toBe(1);
      },
    );

    promise(
      "does a gate again that a cancelled run stopped, and keeps nothing of it",
      async ({ open, voyage }) => {
        const stop = new AbortController();
        const engine = open();
        const { start, resume } = await voyage({
          async onGate(stage) {
            if (stage === "testing") stop.abort();
            return undefined;
          },
        });
        expect(exits(await start(engine, "r1", { host: { signal: stop.signal } }))).toEqual([
          ["stopped", 130],
        ]);
        expect(engine.journal.evidence("foo").entries.length).toBe(2);
        expect(exits(await resume(engine, "r1"))).toEqual([["closed", 0]]);
      },
    );

    promise("refuses to replay a run whose steps are others now (R28)", async ({ open, voyage }) => {
      const engine = open();
      const { start, resume } = await voyage({ soakMs: day });
      await start(engine, "r1");
      const row = engine.journal.steps("r1").find(({ id }) => id === "testing/decide");
      if (row === undefined) throw new Error("there is no such step");
      engine.journal.commit({ steps: [{ run: "r1", step: { ...row, digest: "another" } }] });
      expect(await caught(() => resume(engine, "r1"))).toBe("TP6103");
    });

    promise(
      "lets one run at a time have a component, and a waiting one keeps it (R22)",
      async ({ open, voyage }) => {
        const engine = open();
        const codes: string[] = [];
        const { start } = await voyage({
          soakMs: day,
          async onGate(stage) {
            if (stage === "testing" && codes.length === 0)
              codes.push(await caught(() => start(engine, "r2")));
            return undefined;
          },
        });
        await start(engine, "r1");
        expect(codes).toEqual(["TP6101"]);
        expect(await caught(() => start(engine, "r3"))).toBe("TP6101");
        expect(exits(await start(engine, "r4", { onConflict: "supersede" }))).toEqual([["parked", 5]]);
        expect(engine.journal.run("r1")?.status).toBe("superseded");
      },
    );

    promise("writes nothing for a process whose run was taken over (R23)", async ({ open, voyage }) => {
      const engine = open();
      const { start } = await voyage({
        async onGate(stage) {
          if (stage === "testing") engine.journal.commit({ update: { run: "r1", epoch: 9 } });
          return undefined;
        },
      });
      expect(await caught(() => start(engine, "r1"))).toBe("TP6107");
      expect(engine.journal.evidence("foo").entries.length).toBe(2);
    });

    promise(
      "reuses what passed on the same inputs, and says where it comes from",
      async ({ open, voyage }) => {
        const engine = open();
        let asked = 0;
        const { start } = await voyage({
          more: (api) =>
            api.gate({
              name: "cheap",
              category: "code-quality",
              code: "TP3101",
              stages: ["testing"],
              executesCode: false,
              environment: async () => ({ values: { version: 1 } }),
              async check() {
                asked += 1;
                return good;
              },
            }),
        });
        await start(engine, "r1");
        const report = await start(engine, "r2");
        expect(asked).toBe(1);
        const results = report.stages.flatMap((stage) => stage.results);
        expect(results.find((one) => one.gate === "cheap")?.cached).toEqual({ run: "r1" });
        expect(results.find((one) => one.gate === "testing-gate")?.cached).toBe(undefined);
      },
    );

    promise(
      "opens a breaker for all runs, and lets one of several try again after a minute (R32)",
      async ({ open, voyage, clock }) => {
        const engine = open();
        let asked = 0;
        const { start } = await voyage({
          more: (api) =>
            api.gate({
              name: "network",
              category: "security",
              code: "TP3403",
              stages: ["testing"],
              executesCode: false,
              async check() {
                asked += 1;
                throw new Breakage("network", { message: "no answer" });
              },
            }),
        });
        for (let n = 1; n <= 6; n += 1) await start(engine, `r${n}`);
        expect(asked).toBe(5);
        expect(engine.journal.allow("network", clock.now())).toBe(false);
        expect(engine.journal.allow("network", clock.now() + 61_000)).toBe(true);
        expect(engine.journal.allow("network", clock.now() + 61_000)).toBe(false);
      },
    );

    promise(
      "delivers to a sink that was down what it missed, in order and without loss (R26)",
      async ({ open, voyage }) => {
        const engine = open();
        const seen: number[] = [];
        let down = true;
        const { start } = await voyage({
          more: (api) =>
            api.sink({
              name: "collector",
              batch: 7,
              async deliver(events) {
                if (down) throw new Error("connection refused");
                seen.push(...events.map(({ position }) => position));
              },
            }),
        });
        const first = await start(engine, "r1");
        expect(exits(first)).toEqual([["closed", 0]]);
        expect(seen).toEqual([]);
        down = false;
        await start(engine, "r2");
        expect(seen).toEqual(engine.journal.events({}).map(({ position }) => position));
      },
    );
  });

  if (durable) crashSuite(runner, name, module);
}

async function startedEngine(open: () => Engine, start: Voyage["start"]): Promise<Engine> {
  const engine = open();
  await start(engine, "r1");
  return engine;
}

/** The code of the error that work must end with. */
async function caught(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "no error";
  } catch (error) {
    const data: unknown = error instanceof Error ? Reflect.get(error, "data") : undefined;
    return typeof data === "object" && data !== null && "code" in data ? String(data.code) : String(error);
  }
}

function crashSuite({ describe, it, expect }: TestRunner, name: string, module: string): void {
  describe(`the engine ${name}, killed`, () => {
    for (const sick of [false, true])
      it(
        `keeps every promise at each crash, two deep, on the way to ${sick ? "a rollback" : "production"} (R1, R2, I1 to I6)`,
        async () => {
          const cases = await crashCases(module, sick);
          expect(cases.length > 60).toBe(true);
          expect(await brokenCases(module, cases)).toEqual([]);
        },
        crashLimitMs,
      );

    it(
      "has one owner when eight begin at once (R22)",
      async () => {
        const races = [];
        for (let round = 0; round < 3; round += 1) races.push(await race(module, 8));
        expect(races).toEqual(races.map(() => ({ owners: 1, broken: [] })));
      },
      crashLimitMs,
    );

    for (const bug of plantedBugs)
      it(
        `finds the planted bug ${bug}`,
        async () => {
          if (bug === "pid-file") {
            const races = [];
            for (let round = 0; round < 5; round += 1) races.push(await race(module, 8, bug));
            expect(races.some(({ owners, broken }) => owners !== 1 || broken.length > 0)).toBe(true);
            return;
          }
          const cases = (await crashCases(module, false)).map(({ sick, first }) => ({ sick, first }));
          expect((await brokenCases(module, cases, bug)).length > 0).toBe(true);
        },
        crashLimitMs,
      );
  });
}
