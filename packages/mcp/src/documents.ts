import { z } from "zod";
import type { Answer } from "./backend.ts";

/** A finding, as the command line tells it. */
export interface FindingDocument {
  readonly fingerprint: string;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  readonly file?: string | undefined;
  readonly range?: RangeDocument | undefined;
  readonly fix?: FixDocument | undefined;
}

interface RangeDocument {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

type FixDocument =
  | {
      readonly kind: "edit";
      readonly applicability: string;
      readonly edits: readonly { readonly range: RangeDocument; readonly text: string }[];
    }
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "text"; readonly text: string };

/** What a gate found, as the command line tells it. */
export interface ResultDocument {
  readonly gate: string;
  readonly component: string;
  readonly target: string;
  readonly verdict: string;
  readonly required: boolean;
  readonly findings: readonly FindingDocument[];
  readonly measurements: readonly {
    readonly name: string;
    /** JSON has no number for a figure that is not finite. */
    readonly value: number | null;
    readonly unit: string;
    readonly operator: string;
    readonly threshold: number | null;
    readonly source: string;
  }[];
  readonly error?: { readonly message: string; readonly fix: readonly string[] } | undefined;
  readonly waiting?: { readonly for: string } | undefined;
  readonly reason?: string | undefined;
}

/** The report of a run: `run`, `check`, `promote` and `runs show --result` print it. */
export interface RunDocument {
  readonly kind: "run";
  readonly run: string;
  readonly exit: number;
  readonly status: string;
  readonly message?: string | undefined;
  readonly wait?: { readonly for: string; readonly until?: number | undefined } | undefined;
  readonly stages: readonly {
    readonly stage: string;
    readonly status: string;
    readonly reason?: string | undefined;
    readonly results: readonly ResultDocument[];
    readonly decision?: { readonly reasons: readonly ReasonDocument[] } | undefined;
  }[];
  readonly next: readonly string[];
}

/** Why a run may not pass a stage, gate by gate. */
export interface ReasonDocument {
  readonly gate: string;
  readonly component: string;
  readonly verdict: string;
  readonly blocks: boolean;
  readonly message: string;
}

/** Where a component stands: one of `status`. */
export interface ComponentDocument {
  readonly name: string;
  readonly environments: Readonly<
    Record<string, { readonly digest: string; readonly verified: boolean; readonly since: string }>
  >;
  readonly run?:
    | {
        readonly id: string;
        readonly kind: string;
        readonly target: string;
        readonly status: string;
        readonly exit?: number | undefined;
        readonly wait?: { readonly for: string; readonly next: readonly string[] } | undefined;
      }
    | undefined;
  /** With `--findings`. */
  readonly results?:
    | readonly {
        readonly tree: "unchanged" | "changed" | "unknown";
        readonly fresh?: readonly string[] | undefined;
        readonly result: ResultDocument;
      }[]
    | undefined;
}

/** What a run for a target asks: `plan`. */
export interface PlanDocument {
  readonly plan: {
    readonly target: string;
    readonly components: readonly { readonly name: string }[];
    readonly stages: readonly {
      readonly name: string;
      readonly skip?: string | undefined;
      readonly gates: readonly {
        readonly name: string;
        readonly required: boolean;
        readonly components: readonly string[];
        readonly thresholds: readonly {
          readonly name: string;
          readonly operator: string;
          readonly threshold: number;
          readonly unit: string;
          readonly source: string;
        }[];
      }[];
    }[];
  };
}

const range: z.ZodType<RangeDocument> = z.object({
  startLine: z.number(),
  startColumn: z.number(),
  endLine: z.number(),
  endColumn: z.number(),
});

const fix: z.ZodType<FixDocument> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("edit"),
    applicability: z.string(),
    edits: z.array(z.object({ range, text: z.string() })),
  }),
  z.object({ kind: z.literal("command"), argv: z.array(z.string()) }),
  z.object({ kind: z.literal("text"), text: z.string() }),
]);

const result: z.ZodType<ResultDocument> = z.object({
  gate: z.string(),
  component: z.string(),
  target: z.string(),
  verdict: z.string(),
  required: z.boolean(),
  findings: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      level: z.enum(["error", "warning", "note"]),
      message: z.string(),
      file: z.string().optional(),
      range: range.optional(),
      fix: fix.optional(),
    }),
  ),
  measurements: z.array(
    z.object({
      name: z.string(),
      value: z.number().nullable(),
      unit: z.string(),
      operator: z.string(),
      threshold: z.number().nullable(),
      source: z.string(),
    }),
  ),
  error: z.object({ message: z.string(), fix: z.array(z.string()) }).optional(),
  waiting: z.object({ for: z.string() }).optional(),
  reason: z.string().optional(),
});

/** Reads the report of a run. */
export const runDocument: z.ZodType<RunDocument> = z.object({
  kind: z.literal("run"),
  run: z.string(),
  exit: z.number(),
  status: z.string(),
  message: z.string().optional(),
  wait: z.object({ for: z.string(), until: z.number().optional() }).optional(),
  stages: z.array(
    z.object({
      stage: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      results: z.array(result),
      decision: z
        .object({
          reasons: z.array(
            z.object({
              gate: z.string(),
              component: z.string(),
              verdict: z.string(),
              blocks: z.boolean(),
              message: z.string(),
            }),
          ),
        })
        .optional(),
    }),
  ),
  next: z.array(z.string()),
});

/** Reads `status`. */
export const statusDocument: z.ZodType<{ readonly components: readonly ComponentDocument[] }> = z.object({
  kind: z.literal("status"),
  components: z.array(
    z.object({
      name: z.string(),
      environments: z.record(
        z.string(),
        z.object({ digest: z.string(), verified: z.boolean(), since: z.string() }),
      ),
      run: z
        .object({
          id: z.string(),
          kind: z.string(),
          target: z.string(),
          status: z.string(),
          exit: z.number().optional(),
          wait: z.object({ for: z.string(), next: z.array(z.string()) }).optional(),
        })
        .optional(),
      results: z
        .array(
          z.object({
            tree: z.enum(["unchanged", "changed", "unknown"]),
            fresh: z.array(z.string()).optional(),
            result,
          }),
        )
        .optional(),
    }),
  ),
});

/** Reads `plan`. */
export const planDocument: z.ZodType<PlanDocument> = z.object({
  kind: z.literal("plan"),
  plan: z.object({
    target: z.string(),
    components: z.array(z.object({ name: z.string() })),
    stages: z.array(
      z.object({
        name: z.string(),
        skip: z.string().optional(),
        gates: z.array(
          z.object({
            name: z.string(),
            required: z.boolean(),
            components: z.array(z.string()),
            thresholds: z.array(
              z.object({
                name: z.string(),
                operator: z.string(),
                threshold: z.number(),
                unit: z.string(),
                source: z.string(),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
});

/** Reads `explain`. */
export const explanationDocument: z.ZodType<{ readonly text: string }> = z.object({
  kind: z.literal("explanation"),
  text: z.string(),
});

/** Reads `runs list`. */
export const runsDocument: z.ZodType<{ readonly runs: readonly { readonly run: string }[] }> = z.object({
  kind: z.literal("runs"),
  runs: z.array(z.object({ run: z.string() })),
});

const errorDocument = z.object({
  kind: z.literal("error"),
  error: z.object({
    code: z.string(),
    message: z.string(),
    why: z.string(),
    fix: z.array(z.string()),
    where: z.array(z.string()),
  }),
});

/** Something the command line could not do, in words that a model can act on. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  /** Code of Towpath's catalogue, where it gave one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** How much of an unexpected end's own words is passed on, in characters. */
const saidLimit = 600;

/**
 * The document of an answer, checked.
 * @throws {CommandFailed} where the command line printed an error, something else, or nothing
 */
export function documentOf<T>(schema: z.ZodType<T>, answer: Answer): T {
  const found = schema.safeParse(answer.document);
  if (found.success) return found.data;
  const failure = errorDocument.safeParse(answer.document);
  if (failure.success) {
    const { code, message, why, fix: fixes, where } = failure.data.error;
    const lines = [
      `${code} ${message}`,
      `why: ${why}`,
      ...where.map((place) => `at: ${place}`),
      ...fixes.map((step) => `fix: ${step}`),
    ];
    throw new CommandFailed(lines.join("\n"), code);
  }
  if (answer.exit === 130 || answer.exit === 143) throw new CommandFailed("It was stopped.");
  const said = answer.stderr.trim().slice(-saidLimit);
  const problem = answer.document === undefined ? "printed no result" : "printed a result of another form";
  throw new CommandFailed(
    `The command line ended with exit code ${answer.exit} and ${problem}.${said === "" ? "" : `\n${said}`}`,
  );
}
