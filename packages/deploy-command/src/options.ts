import { z } from "zod";
import { type Placeholder, placePlaceholders, placeholders, placeholdersIn } from "./placeholders.ts";

/** A command: the program and its arguments. Never a shell. */
export type Argv = readonly string[];

/** Docker Compose: one service of a project. */
export interface ComposeTarget {
  /** Name of the project. */
  readonly project: string;
  readonly service: string;
  /** Compose files, relative to the repository root. */
  readonly files: readonly string[];
  /** The image, with placeholders; by default what the artifact says. */
  readonly image?: string | undefined;
}

/** kubectl: one container of a Deployment that is there already. */
export interface KubectlTarget {
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** The image, with placeholders; by default what the artifact says. */
  readonly image?: string | undefined;
  /** Context of the kubeconfig. */
  readonly context?: string | undefined;
}

/** Helm 3.13 or later, and 4: one release. */
export interface HelmTarget {
  readonly namespace: string;
  readonly release: string;
  /** The chart, with placeholders. */
  readonly chart: string;
  /** Files of values, relative to the repository root. */
  readonly values: readonly string[];
  /** Values by path, taken literally, with placeholders. */
  readonly set: Readonly<Record<string, string>>;
  /** Context of the kubeconfig. */
  readonly context?: string | undefined;
}

/** How long a release is watched, in milliseconds. */
export interface WatchOptions {
  /** Until when it must be healthy. */
  readonly withinMs: number;
  /** How long it must then stay so. */
  readonly bakeMs: number;
  /** Time between two looks. */
  readonly everyMs: number;
}

/** How one environment is deployed to. */
export interface EnvironmentOptions {
  readonly compose?: ComposeTarget | undefined;
  readonly kubectl?: KubectlTarget | undefined;
  readonly helm?: HelmTarget | undefined;
  readonly plan?: Argv | undefined;
  readonly probe?: Argv | undefined;
  readonly apply?: readonly Argv[] | undefined;
  readonly verify?: Argv | undefined;
  readonly confirm?: Argv | undefined;
  readonly rollback?: readonly Argv[] | undefined;
  readonly remove?: readonly Argv[] | undefined;
  readonly exitCodes: { readonly unhealthy: readonly number[]; readonly refused: readonly number[] };
  readonly watch: WatchOptions;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly pass: readonly string[];
  readonly url?: string | undefined;
}

/** How the artifact is made. */
export interface BuildOptions {
  readonly command: Argv;
  readonly artifact?: string | undefined;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly pass: readonly string[];
}

/** The options with their defaults. */
export interface DeployCommandOptions {
  readonly build?: BuildOptions | undefined;
  readonly environments: {
    readonly staging?: EnvironmentOptions | undefined;
    readonly production?: EnvironmentOptions | undefined;
  };
}

/** What every command may have besides its arguments. */
interface CommandUserOptions {
  /**
   * Limit in milliseconds.
   * @default 600000
   */
  timeoutMs?: number | undefined;
  /** Variables for the commands; their values may stand in messages. */
  env?: Record<string, string> | undefined;
  /** Names of variables that the commands get from Towpath's own environment; their values are kept out of messages. */
  pass?: string[] | undefined;
}

/** How the user writes one environment: a preset, or the commands by hand. */
export interface EnvironmentUserOptions extends CommandUserOptions {
  compose?: {
    project: string;
    service: string;
    /** @default ["compose.yaml"] */
    files?: string[] | undefined;
    image?: string | undefined;
  };
  kubectl?: {
    namespace: string;
    deployment: string;
    container: string;
    image?: string | undefined;
    context?: string | undefined;
  };
  helm?: {
    namespace: string;
    release: string;
    /** @default "{file}" */
    chart?: string | undefined;
    values?: string[] | undefined;
    set?: Record<string, string> | undefined;
    context?: string | undefined;
  };
  /** Prints what would be done; changes nothing. By default the commands of `apply` are printed. */
  plan?: string[] | undefined;
  /** Prints what the target says of itself; changes nothing. */
  probe?: string[] | undefined;
  /** Put the release in place, in order; the last one leaves key, run, epoch and digest. */
  apply?: string[][] | undefined;
  /** Ends with 0 when the release is healthy, and with one of `exitCodes.unhealthy` when it is not. */
  verify?: string[] | undefined;
  /** Tells the target that the release stood its watch. */
  confirm?: string[] | undefined;
  /** Bring back `{previous}`, in order; the last one leaves key, run, epoch and digest. */
  rollback?: string[][] | undefined;
  /** Take the release away where there is none to go back to; the last one leaves key, run and epoch. */
  remove?: string[][] | undefined;
  exitCodes?: { unhealthy?: number[] | undefined; refused?: number[] | undefined } | undefined;
  watch?:
    | { withinMs?: number | undefined; bakeMs?: number | undefined; everyMs?: number | undefined }
    | undefined;
  /** Where the release answers; `{environment}` and `{component}` may stand in it. */
  url?: string | undefined;
}

/** What the user writes. */
export interface DeployCommandUserOptions {
  /** Makes the artifact. Left out where another plugin builds it. */
  build?: CommandUserOptions & {
    /** Runs in the repository root. */
    command: string[];
    /** The file that it makes, relative to the root; or the command writes to `{artifact}`. */
    artifact?: string | undefined;
  };
  environments: {
    staging?: EnvironmentUserOptions | undefined;
    production?: EnvironmentUserOptions | undefined;
  };
}

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "a name of letters, digits, `.`, `_` and `-`, not beginning with `-`",
  );
const path = z
  .string()
  .min(1)
  .refine((text) => !text.startsWith("-"), "it would be taken for an option");
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable");
const code = z.int().min(1).max(255);

/** A text whose placeholders are all known. */
function template(
  known: readonly string[] = placeholders,
  text: z.ZodString = z.string(),
): z.ZodType<string, string> {
  return text
    .refine((written) => !written.includes("\0"), "an argument cannot hold a NUL")
    .superRefine((written, context) => {
      const unknown = placeholdersIn(written).find((one) => !known.includes(one));
      if (unknown === undefined) return;
      const choice = known.map((one) => `{${one}}`).join(" ");
      context.addIssue({ code: "custom", message: `{${unknown}} is not known here; there are ${choice}` });
    });
}

function argv(known: readonly string[] = placeholders): z.ZodType<Argv, string[]> {
  return z
    .array(template(known))
    .min(1)
    .refine(([program = ""]) => program !== "" && placeholdersIn(program).length === 0, {
      message: "the program is named as it is, without a placeholder",
      path: [0],
    });
}

const releasePlaceholders: readonly Placeholder[] = placeholders.filter(
  (one) => one !== "previous" && one !== "previousImage",
);
const image = template(["digest", "environment", "component"], z.string().min(1));
const common = {
  timeoutMs: z.int().min(1).default(600_000),
  env: z.record(variable, z.string()).default({}),
  pass: z.array(variable).default([]),
};

const environment = z
  .strictObject({
    compose: z
      .strictObject({
        project: name,
        service: name,
        files: z.array(path).min(1).default(["compose.yaml"]),
        image: image.optional(),
      })
      .optional(),
    kubectl: z
      .strictObject({
        namespace: name,
        deployment: name,
        container: name,
        image: image.optional(),
        context: path.optional(),
      })
      .optional(),
    helm: z
      .strictObject({
        namespace: name,
        release: name,
        chart: template(releasePlaceholders, z.string().min(1))
          .refine((text) => !text.startsWith("-"), "it would be taken for an option")
          .default("{file}"),
        values: z.array(path.refine((text) => !text.includes(","), "Helm would take it for two")).default([]),
        set: z
          .record(
            z.string().regex(/^(?!towpath(?:\.|$))[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/),
            template(releasePlaceholders),
          )
          .default({}),
        context: path.optional(),
      })
      .optional(),
    plan: argv(placePlaceholders).optional(),
    probe: argv(placePlaceholders).optional(),
    apply: z.array(argv()).min(1).optional(),
    verify: argv(releasePlaceholders).optional(),
    confirm: argv(releasePlaceholders).optional(),
    rollback: z.array(argv()).min(1).optional(),
    remove: z.array(argv(releasePlaceholders)).min(1).optional(),
    exitCodes: z
      .strictObject({ unhealthy: z.array(code).default([]), refused: z.array(code).default([]) })
      .prefault({}),
    watch: z
      .strictObject({
        withinMs: z.int().min(0).default(60_000),
        bakeMs: z.int().min(0).default(10_000),
        everyMs: z.int().min(1).default(2_000),
      })
      .prefault({}),
    url: template(placePlaceholders, z.string().min(1)).optional(),
    ...common,
  })
  .superRefine((written, context) => {
    const problem = problemOf(written);
    if (problem !== undefined) context.addIssue({ code: "custom", ...problem });
  });

/** What is wrong between the options of an environment. */
function problemOf(
  written: EnvironmentOptions,
): { readonly message: string; readonly path: string[] } | undefined {
  const { compose, kubectl, helm, probe, apply, verify, exitCodes, watch, timeoutMs } = written;
  const presets = [compose, kubectl, helm].filter((preset) => preset !== undefined).length;
  if (presets > 1) return { message: "one of `compose`, `kubectl` and `helm`, not several", path: [] };
  if (presets === 0 && apply === undefined)
    return { message: "`compose`, `kubectl` or `helm`, or the command by hand", path: ["apply"] };
  if (presets === 0 && probe === undefined)
    return { message: "without it nobody can know whether a deploy was done", path: ["probe"] };
  if (
    presets === 1 &&
    (probe ?? apply ?? written.confirm ?? written.rollback ?? written.remove) !== undefined
  )
    return { message: "a preset has its own `probe`, `apply`, `confirm`, `rollback` and `remove`", path: [] };
  if (verify !== undefined && exitCodes.unhealthy.length === 0)
    return {
      message: "which codes of `verify` mean that the release is bad?",
      path: ["exitCodes", "unhealthy"],
    };
  if (exitCodes.unhealthy.length > 0 && verify === undefined)
    return { message: "there is no `verify` whose codes they could be", path: ["exitCodes", "unhealthy"] };
  if (watch.withinMs + watch.bakeMs >= timeoutMs)
    return { message: "`withinMs` and `bakeMs` together must be less than `timeoutMs`", path: ["watch"] };
  return undefined;
}

const build = z
  .strictObject({
    command: argv(["artifact", "component"]),
    artifact: z
      .string()
      .regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^/\\\0][^\\\0]*$/, "a path below the repository root, with `/`")
      .optional(),
    ...common,
  })
  .refine(
    ({ command, artifact }) =>
      command.some((one) => placeholdersIn(one).includes("artifact")) !== (artifact !== undefined),
    {
      message: "either `artifact` says what the command makes, or the command writes to `{artifact}`",
      path: ["artifact"],
    },
  );

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<DeployCommandOptions, DeployCommandUserOptions> = z.strictObject({
  build: build.optional(),
  environments: z
    .strictObject({ staging: environment.optional(), production: environment.optional() })
    .refine(({ staging, production }) => staging !== undefined || production !== undefined, {
      message: "at least one of `staging` and `production`",
    }),
}) as z.ZodType<DeployCommandOptions, DeployCommandUserOptions>;
