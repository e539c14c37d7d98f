import { Command, CommanderError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { agentFileKinds } from "./agent-files/kinds.ts";
import { exitCodes, exitOfError } from "./exit-codes.ts";
import type { GlobalFlags, GlobalOptions } from "./global-options.ts";
import type { AgentsFlags } from "./commands/agents.ts";
import type { AttestFlags } from "./commands/attest.ts";
import type { CheckFlags } from "./commands/check.ts";
import type { DashboardFlags } from "./commands/dashboard.ts";
import type { DrillFlags } from "./commands/drill.ts";
import type { ProbeFlags } from "./commands/probe.ts";
import type { PromoteFlags } from "./commands/promote.ts";
import type { ReportFlags } from "./commands/report.ts";
import type { ResumeFlags } from "./commands/resume.ts";
import type { RollbackFlags } from "./commands/rollback.ts";
import type { RunFlags } from "./commands/plan-run.ts";
import type { StatusFlags } from "./commands/status.ts";
import type { TraceFlags } from "./commands/trace.ts";
import { contextCommands } from "./commands/context-commands.ts";
import { watchProcess } from "./watch-process.ts";

type Action = (options: GlobalOptions, program: Command) => Promise<number>;

/**
 * Reads the command line, does the command and sets the process's exit code. Never throws.
 * @param argv arguments without node and script
 */
export async function main(argv: readonly string[]): Promise<void> {
  quietOnClosedPipe();
  const program = describe(async (action) => {
    const { settleGlobals } = await import("./global-options.ts");
    process.exitCode = await action(settleGlobals(program.opts<GlobalFlags>()), program);
  });
  const settled = watchProcess((error) => report(error, program));
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    process.exitCode = await report(error, program);
  }
  settled();
}

function describe(act: (action: Action) => Promise<void>): Command {
  const program = new Command("towpath")
    .description(
      "Leads a Python component from its specification to production through gates that need fresh evidence.",
    )
    .version(manifest.version, "-V, --version")
    .option("-C, --cwd <folder>", "work in this folder")
    .option("-c, --config <file>", "use this configuration instead of searching for one")
    .option("--reporter <name>", "default, agent, json or ndjson")
    .option("--json", "one JSON document on standard output")
    .option("--ndjson", "every event as a line of JSON on standard output")
    .addOption(new Option("--color <when>", "when to colour").choices(["auto", "always", "never"]))
    .option("-q, --quiet", "no progress")
    .option("-v, --verbose", "all findings, the tools' own words, stack traces")
    .option("--untrusted", "run no code of the checked tree (pull requests of strangers)")
    .option("--no-ci", "nothing for the CI it runs in: annotations, job summary, outputs, log sections")
    .addHelpText(
      "after",
      `\nExit codes:\n${exitCodes.map(([code, meaning]) => `  ${code.padEnd(9)} ${meaning}`).join("\n")}`,
    )
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .enablePositionalOptions(false);

  const runLike = (name: string, summary: string): Command =>
    program
      .command(name)
      .description(summary)
      .option("--spec <file>", "the Markdown file that says what the component must do")
      .option("--component <name>", "the component")
      .option("--target <target>", "dev, staging or production", "staging")
      .option("--from <stage>", "first stage; those before it count by what is stored about them")
      .option("--until <stage>", "last stage")
      .option("--no-fix", "do not apply safe fixes")
      .option("--no-agent", "let no agent work: take the code as it is")
      .option("--no-cache", "measure every gate anew");

  runLike("run", "lead a component through the stages of a target")
    .option("--wait", "stay and wait for soaks and attestations instead of ending with exit code 5")
    .option("--supersede", "take the place of a run of the component that waits")
    .action((flags: RunFlags) =>
      act(async (options) => (await import("./commands/run.ts")).run(flags, options)),
    );
  program
    .command("check [gates...]")
    .description("run gates, without the stages around them")
    .option("--component <name>", "only this component; may be given several times", collect)
    .option("--target <target>", "whose thresholds count: dev, staging or production", "dev")
    .option("--fix", "apply safe fixes first")
    .option("--allow-empty", "exit 0 when nothing is selected")
    .option("--no-cache", "measure every gate anew")
    .action((gates: string[], flags: CheckFlags) =>
      act(async (options) => {
        const { standingCheck } = await import("./commands/standing-check.ts");
        const exit = await standingCheck(gates, flags, options);
        return exit ?? (await import("./commands/check.ts")).check(gates, flags, options);
      }),
    );
  runLike("plan", "show what `run` would do; starts nothing").action((flags: RunFlags) =>
    act(async (options) => (await import("./commands/plan.ts")).plan(flags, options)),
  );
  program
    .command("status [components...]")
    .description("show where components stand: what runs where, the last run, the last verdicts")
    .option("--findings", "also what the last results found")
    .action((names: string[], flags: StatusFlags) =>
      act(async (options) => (await import("./commands/status.ts")).status(names, flags, options)),
    );
  program
    .command("trace")
    .description("show which tests prove which requirement, as the last executed tests have it")
    .option("--component <name>", "the component")
    .action((flags: TraceFlags) =>
      act(async (options) => (await import("./commands/trace.ts")).trace(flags, options)),
    );
  program
    .command("resume [run]")
    .description("go on with a run that waits or was interrupted; without a name, the last one")
    .option("--due", "go on with every run whose time has come, or that was interrupted")
    .option("--wait", "stay and wait instead of ending with exit code 5")
    .option("--accept-plugin-change", "go on although plugins changed since the plan was made")
    .addOption(
      new Option(
        "--settle <finding>",
        "what you found at a target that cannot say itself whether a step was done",
      ).choices(["applied", "absent"]),
    )
    .action((run: string | undefined, flags: ResumeFlags) =>
      act(async (options) => (await import("./commands/resume.ts")).resume(run, flags, options)),
    );
  program
    .command("promote <component>")
    .description("deploy to an environment from stored evidence; nothing before that is measured again")
    .requiredOption("--to <environment>", "staging or production")
    .option("--wait", "stay and wait instead of ending with exit code 5")
    .option("--supersede", "take the place of a run of the component that waits")
    .action((component: string, flags: PromoteFlags) =>
      act(async (options) => (await import("./commands/promote.ts")).promote(component, flags, options)),
    );
  program
    .command("rollback [component]")
    .description("bring back the last verified release")
    .option("--environment <environment>", "staging or production", "production")
    .option("--reason <words>", "why, for the record", "asked for by hand")
    .action((component: string | undefined, flags: RollbackFlags) =>
      act(async (options) => (await import("./commands/rollback.ts")).rollback(component, flags, options)),
    );
  program
    .command("attest <criterion>")
    .description("vouch for something that no gate can measure, for exactly the code as it is")
    .option("--component <name>", "the component")
    .requiredOption("--expires <when>", "a date, or a time from now such as 90d")
    .option("--by <name>", "who vouches")
    .option("--note <words>", "what was looked at")
    .action((criterion: string, flags: AttestFlags) =>
      act(async (options) => (await import("./commands/attest.ts")).attest(criterion, flags, options)),
    );
  const drill = program
    .command("drill")
    .description("stage a failure and see whether the promised answer comes");
  for (const [name, summary] of [
    ["rollback", "deploy bad releases to staging; each must be noticed and reverted in time"],
    ["monitoring", "let the release in staging fail; the alert must arrive in time"],
  ] as const) {
    drill
      .command(name)
      .description(summary)
      .option("--component <name>", "the component")
      .option("--within <duration>", "how long the answer may take", "60s")
      .action((flags: DrillFlags) =>
        act(async (options) => (await import("./commands/drill.ts")).drill(name, flags, options)),
      );
  }
  program
    .command("probe")
    .description("probe what an environment runs, for its uptime, until it is stopped")
    .option("--component <name>", "the component")
    .option("--environment <environment>", "staging or production", "staging")
    .option("--for <duration>", "end after this time")
    .option("--once", "probe once")
    .action((flags: ProbeFlags) =>
      act(async (options) => (await import("./commands/probe.ts")).probe(flags, options)),
    );
  program
    .command("report [run]")
    .description("write down what a run came to: the last one, one of an id, or the record in a file")
    .option(
      "--format <name[=path]>",
      "md, comment, json, sarif, junit, gitlab, ctrf, badge or html; may be given several times",
      collect,
    )
    .option("-o, --output <path>", "where to; otherwise to standard output")
    .action((run: string | undefined, flags: ReportFlags) =>
      act(async (options) => (await import("./commands/report.ts")).report(run, flags, options)),
    );
  program
    .command("dashboard")
    .description(
      "show the runs in a browser, live, until it is stopped; for this machine alone, and read only",
    )
    .option("--port <n>", "the port; without it a free one is taken")
    .option("--open", "also open the browser")
    .action((flags: DashboardFlags) =>
      act(async (options) => (await import("./commands/dashboard.ts")).dashboard(flags, options)),
    );
  const runs = program.command("runs").description("runs on record");
  runs
    .command("list", { isDefault: true })
    .description("list them, newest first")
    .option("--component <name>", "only those of a component")
    .option("--limit <n>", "how many", "20")
    .action((flags: { readonly component?: string; readonly limit: string }) =>
      act(async (options) => (await import("./commands/runs.ts")).listRuns(flags, options)),
    );
  runs
    .command("show <run>")
    .description("show the steps of a run, and whether its record is whole")
    .option("--result", "the report of the run instead")
    .action((run: string, flags: { readonly result?: boolean }) =>
      act(async (options) => {
        const { showResult, showRun } = await import("./commands/runs.ts");
        return flags.result ? showResult(run, options) : showRun(run, options);
      }),
    );
  runs
    .command("diff <before> <after>")
    .description("show what changed between two runs: verdicts, findings, inputs")
    .action((before: string, after: string) =>
      act(async (options) => (await import("./commands/runs.ts")).diffRuns(before, after, options)),
    );
  runs
    .command("prune")
    .description("remove the record of old runs; evidence, facts and sessions stay")
    .option("--keep <n>", "how many stay", "50")
    .action((flags: { readonly keep: string }) =>
      act(async (options) => (await import("./commands/runs.ts")).pruneRuns(flags, options)),
    );
  contextCommands(program, act);
  program
    .command("explain <subject>")
    .description("explain a code (TP3201), a gate, a run or a finding")
    .action((subject: string) =>
      act(async (options) => (await import("./commands/explain.ts")).explain(subject, options)),
    );
  program
    .command("doctor")
    .description("show which tools the gates would use")
    .action(() => act(async (options) => (await import("./commands/doctor.ts")).doctor(options)));
  program
    .command("mcp")
    .description("serve coding agents over the Model Context Protocol, on standard input and output")
    .action(() => act(async (options) => (await import("./commands/mcp.ts")).mcp(options)));
  const agents = program.command("agents").description("files by which coding agents find their way");
  for (const [name, summary] of [
    ["init", "write them, or bring their marked parts up to date"],
    ["check", "exit 1 where `agents init` would change anything"],
  ] as const) {
    const command = agents
      .command(name)
      .description(summary)
      .addOption(new Option("--only <kinds...>", "only those for these").choices([...agentFileKinds]))
      .option("--mcp", "also .mcp.json and .cursor/mcp.json");
    if (name === "init") command.option("--dry-run", "only say what would be written");
    command.action((flags: AgentsFlags) =>
      act(async (options) => {
        const { checkAgents, initAgents } = await import("./commands/agents.ts");
        return name === "init" ? initAgents(flags, options) : checkAgents(flags, options);
      }),
    );
  }
  agents
    .command("capabilities")
    .description("commands, flags, exit codes and formats; with --json for programs")
    .action(() =>
      act(async (options) => (await import("./commands/agents.ts")).showCapabilities(options, program)),
    );
  program
    .command("init")
    .description("write a configuration for the Python project in this folder")
    .action(() => act(async (options) => (await import("./commands/init.ts")).init(options)));
  program
    .command("gates")
    .description("gates of the configured plugins")
    .command("list", { isDefault: true })
    .description("list them")
    .action(() => act(async (options) => (await import("./commands/list-gates.ts")).listGates(options)));
  program
    .command("plugins")
    .description("configured plugins")
    .command("list", { isDefault: true })
    .description("list them and where they come from")
    .action(() => act(async (options) => (await import("./commands/list-plugins.ts")).listPlugins(options)));
  const config = program.command("config").description("the configuration");
  config
    .command("show", { isDefault: true })
    .description("show it, with the place of every setting")
    .action(() => act(async (options) => (await import("./commands/config.ts")).showConfig(options)));
  config
    .command("validate")
    .description("check it, options of plugins included")
    .action(() => act(async (options) => (await import("./commands/config.ts")).validateConfig(options)));
  config
    .command("schema")
    .description("print its JSON Schema")
    .action(() => act(async () => (await import("./commands/config.ts")).showSchema()));
  return program;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function report(error: unknown, program: Command): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CommanderError && error.code === "commander.help") {
    process.stderr.write(program.helpInformation());
    return 2;
  }
  const { TowpathError } = await import("@towpath/core");
  const cause =
    error instanceof CommanderError
      ? new TowpathError("TP1001", {
          message: error.message.replace(/^error: /, ""),
          fix: ["towpath --help"],
        })
      : error;
  const exit = exitOfError(cause);
  const { printError } = await import("./print-error.ts");
  printError(cause, { flags: program.opts<GlobalFlags>(), exit });
  return exit;
}

/** `towpath … | head -1` or a closed terminal: the run goes on and keeps its exit code, only the output ends. */
function quietOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}
