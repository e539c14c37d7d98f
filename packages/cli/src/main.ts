import { Command, CommanderError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { exitCodes, exitOfError } from "./exit-codes.ts";
import type { GlobalFlags, GlobalOptions } from "./global-options.ts";
import type { CheckFlags } from "./commands/check.ts";
import type { RunFlags } from "./commands/plan-run.ts";
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
      .option("--until <stage>", "last stage")
      .option("--no-fix", "do not apply safe fixes");

  runLike("run", "lead a component through the stages of a target").action((flags: RunFlags) =>
    act(async (options) => (await import("./commands/run.ts")).run(flags, options)),
  );
  program
    .command("check [gates...]")
    .description("run gates, without the stages around them")
    .option("--component <name>", "only this component; may be given several times", collect)
    .option("--target <target>", "whose thresholds count: dev, staging or production", "dev")
    .option("--fix", "apply safe fixes first")
    .option("--allow-empty", "exit 0 when nothing is selected")
    .action((gates: string[], flags: CheckFlags) =>
      act(async (options) => (await import("./commands/check.ts")).check(gates, flags, options)),
    );
  runLike("plan", "show what `run` would do; starts nothing").action((flags: RunFlags) =>
    act(async (options) => (await import("./commands/plan.ts")).plan(flags, options)),
  );
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
