import { z } from "zod";

/** A place in a file. */
export interface SarifLocation {
  artifactLocation?: SarifArtifactLocation | undefined;
  region?:
    | {
        startLine?: number | undefined;
        startColumn?: number | undefined;
        endLine?: number | undefined;
        endColumn?: number | undefined;
      }
    | undefined;
}

interface SarifArtifactLocation {
  uri?: string | undefined;
  uriBaseId?: string | undefined;
  index?: number | undefined;
}

interface SarifMessage {
  text?: string | undefined;
  markdown?: string | undefined;
  id?: string | undefined;
}

interface SarifRule {
  id: string;
  helpUri?: string | undefined;
  defaultConfiguration?: { level?: SarifLevel | undefined } | undefined;
}

type SarifLevel = "none" | "note" | "warning" | "error";

interface SarifNotification {
  level?: SarifLevel | undefined;
  message: SarifMessage;
}

interface SarifInvocation {
  executionSuccessful: boolean;
  toolExecutionNotifications?: SarifNotification[] | undefined;
  toolConfigurationNotifications?: SarifNotification[] | undefined;
}

/** A result as it is written. */
export interface SarifLogResult {
  ruleId?: string | undefined;
  ruleIndex?: number | undefined;
  rule?: { id?: string | undefined; index?: number | undefined } | undefined;
  kind?: string | undefined;
  level?: SarifLevel | undefined;
  message: SarifMessage;
  locations?: { physicalLocation?: SarifLocation | undefined }[] | undefined;
  suppressions?: { status?: string | undefined }[] | undefined;
}

/** A run as it is written. */
export interface SarifLogRun {
  tool: {
    driver: {
      name: string;
      version?: string | undefined;
      semanticVersion?: string | undefined;
      rules?: SarifRule[] | undefined;
    };
  };
  columnKind?: "utf16CodeUnits" | "unicodeCodePoints" | undefined;
  originalUriBaseIds?: Record<string, { uri?: string | undefined }> | undefined;
  artifacts?: { location?: SarifArtifactLocation | undefined }[] | undefined;
  invocations?: SarifInvocation[] | undefined;
  results: SarifLogResult[];
}

const count = z.int().min(1);
const message = z.looseObject({
  text: z.string().optional(),
  markdown: z.string().optional(),
  id: z.string().optional(),
});
const level = z.enum(["none", "note", "warning", "error"]);
const artifactLocation = z.looseObject({
  uri: z.string().optional(),
  uriBaseId: z.string().optional(),
  index: z.int().optional(),
});
const notifications = z.array(z.looseObject({ level: level.optional(), message })).optional();
const region = z.looseObject({
  startLine: count.optional(),
  startColumn: count.optional(),
  endLine: count.optional(),
  endColumn: count.optional(),
});
const physicalLocation = z.looseObject({
  artifactLocation: artifactLocation.optional(),
  region: region.optional(),
});
const rule = z.looseObject({
  id: z.string(),
  helpUri: z.string().optional(),
  defaultConfiguration: z.looseObject({ level: level.optional() }).optional(),
});
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.looseObject({ id: z.string().optional(), index: z.int().optional() }).optional(),
  kind: z.string().optional(),
  level: level.optional(),
  message,
  locations: z.array(z.looseObject({ physicalLocation: physicalLocation.optional() })).optional(),
  suppressions: z.array(z.looseObject({ status: z.string().optional() })).optional(),
});
const driver = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  semanticVersion: z.string().optional(),
  rules: z.array(rule).optional(),
});
const run = z.looseObject({
  tool: z.looseObject({ driver }),
  columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]).optional(),
  originalUriBaseIds: z.record(z.string(), z.looseObject({ uri: z.string().optional() })).optional(),
  artifacts: z.array(z.looseObject({ location: artifactLocation.optional() })).optional(),
  invocations: z
    .array(
      z.looseObject({
        executionSuccessful: z.boolean(),
        toolExecutionNotifications: notifications,
        toolConfigurationNotifications: notifications,
      }),
    )
    .optional(),
  results: z.array(result),
});

/**
 * What is read of a SARIF 2.1.0 log (OASIS): strict where it decides, open for all else. A run without a list of
 * results did not compute them.
 */
export const sarifLog: z.ZodType<{ runs: SarifLogRun[] }> = z.looseObject({
  version: z.literal("2.1.0"),
  runs: z.array(run).min(1),
});
