import type { Argument, Command, Option } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { reporterNames, type ReporterName } from "../global-options.ts";

/** A command, as programs read it. */
export interface CommandCapability {
  /** As it is typed, without the program's name: `runs show`. */
  readonly command: string;
  readonly description: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly variadic: boolean;
  }[];
  readonly options: readonly OptionCapability[];
}

interface OptionCapability {
  /** `--component <name>` */
  readonly flags: string;
  readonly description: string;
  /** Whether the command needs it. */
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly default?: unknown;
}

/** What this program can do, for programs that call it. */
export interface Capabilities {
  readonly version: string;
  readonly globalOptions: readonly OptionCapability[];
  readonly commands: readonly CommandCapability[];
  readonly exitCodes: readonly { readonly code: string; readonly meaning: string }[];
  /** Forms of output, and how to ask for one. */
  readonly formats: readonly { readonly flag: string; readonly prints: string }[];
}

const formats: Readonly<Record<ReporterName, string>> = {
  default: "text for people",
  agent: "short lines for coding agents",
  json: "one JSON document with `schemaVersion` and `kind`; errors too, of the kind `error`",
  ndjson: "every event as a line of JSON; the last line is the document of --json",
};

/** Reads what the program can do off its own commands, so that it cannot be out of date. */
export function capabilitiesOf(program: Command): Capabilities {
  return {
    version: program.version() ?? "",
    globalOptions: program.options.map(optionOf),
    commands: commandsOf(program, []),
    exitCodes: exitCodes.map(([code, meaning]) => ({ code, meaning })),
    formats: reporterNames.map((name) => ({
      flag: name === "json" || name === "ndjson" ? `--${name}` : `--reporter ${name}`,
      prints: formats[name],
    })),
  };
}

function commandsOf(parent: Command, path: readonly string[]): readonly CommandCapability[] {
  return parent.commands.flatMap((command) => {
    const words = [...path, command.name()];
    if (command.commands.length > 0) return commandsOf(command, words);
    return [
      {
        command: words.join(" "),
        description: command.description(),
        arguments: command.registeredArguments.map(argumentOf),
        options: command.options.map(optionOf),
      },
    ];
  });
}

function argumentOf(argument: Argument): CommandCapability["arguments"][number] {
  return { name: argument.name(), required: argument.required, variadic: argument.variadic };
}

function optionOf({ flags, description, mandatory, argChoices, defaultValue }: Option): OptionCapability {
  const value: unknown = defaultValue;
  return {
    flags,
    description,
    required: mandatory,
    ...(argChoices === undefined ? {} : { choices: argChoices }),
    ...(value === undefined ? {} : { default: value }),
  };
}
