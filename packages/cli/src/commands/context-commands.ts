import { Option, type Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import type { AddFlags, ExportFlags, ShowFlags } from "./context.ts";

type Act = (action: (options: GlobalOptions) => Promise<number>) => Promise<void>;

/** Adds `towpath context` with its commands. Nothing else is loaded until one of them is called. */
export function contextCommands(program: Command, act: Act): void {
  const context = program
    .command("context")
    .description("sessions: what was decided and found, for the next person or agent");
  context
    .command("new <component>")
    .description("begin a session")
    .action((component: string) =>
      act(async (options) => (await import("./context.ts")).newContext(component, options)),
    );
  context
    .command("list", { isDefault: true })
    .description("list the sessions, newest first, archived ones last")
    .action(() => act(async (options) => (await import("./context.ts")).listContext(options)));
  context
    .command("show [session]")
    .description("show a session, or that of a component; says what is out of date")
    .option("--budget <tokens>", "only the most important messages that fit into so many tokens")
    .action((session: string | undefined, flags: ShowFlags) =>
      act(async (options) => (await import("./context.ts")).showContext(session, flags, options)),
    );
  context
    .command("add <session> <text...>")
    .description("add a message to a session, or to that of a component")
    .option("--importance <number>", "from 0 to 1")
    .addOption(
      new Option("--kind <kind>", "what it is about, which says how important it is").choices([
        "architectural_decisions",
        "requirements",
        "production_status",
        "implementation_completion",
        "test_results",
        "deployment_status",
        "refactoring_decisions",
        "progress_updates",
      ]),
    )
    .addOption(
      new Option("--role <role>", "who says it").choices(["user", "assistant", "system"]).default("user"),
    )
    .action((session: string, text: string[], flags: AddFlags) =>
      act(async (options) =>
        (await import("./context.ts")).addContext(session, text.join(" "), flags, options),
      ),
    );
  context
    .command("search <words...>")
    .description("find the messages that have all of these words, in all sessions")
    .action((words: string[]) =>
      act(async (options) => (await import("./context.ts")).searchContext(words, options)),
    );
  context
    .command("export <session>")
    .description("print a session, or write it into a file")
    .addOption(
      new Option("--format <format>", "json, md, or tta: a session file")
        .choices(["json", "md", "tta"])
        .default("json"),
    )
    .option("-o, --output <file>", "write it here, inside of the repository")
    .action((session: string, flags: ExportFlags) =>
      act(async (options) => (await import("./context-export.ts")).exportContext(session, flags, options)),
    );
  context
    .command("archive <session>")
    .description("put a session aside; the next run begins a new one")
    .action((session: string) =>
      act(async (options) => (await import("./context.ts")).archiveContext(session, options)),
    );
}
