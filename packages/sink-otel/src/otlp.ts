/** The value of an attribute. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean };

/** A name with its value. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** A span, as OTLP writes it in JSON. Times are strings of nanoseconds, ids are hexadecimal. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server. */
  readonly kind: 1 | 2;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 1 ok, 2 error; absent when nobody has said. */
  readonly status?: { readonly code: 1 | 2; readonly message?: string };
}

/** One figure, or one histogram of a single figure. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[];
    /** 1 delta. */
    readonly aggregationTemporality: 1;
    readonly isMonotonic: true;
  };
  readonly histogram?: {
    readonly dataPoints: readonly HistogramPoint[];
    readonly aggregationTemporality: 1;
  };
}

/** A figure at a time. */
export interface NumberPoint {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

/** Figures in buckets. */
export interface HistogramPoint {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly count: string;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
}

/** A line of the log. */
export interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  /** 9 info, 13 warn, 17 error. */
  readonly severityNumber: 9 | 13 | 17;
  readonly severityText: "INFO" | "WARN" | "ERROR";
  readonly body: AnyValue;
  readonly attributes: readonly KeyValue[];
  readonly traceId: string;
  readonly spanId: string;
}

/** Plain values as attributes; what is `undefined` is left out. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): readonly KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

/** A plain value as OTLP writes it: whole numbers as strings, as JSON has no 64 bits. */
export function anyValue(value: string | number | boolean): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Epoch milliseconds as nanoseconds. */
export function nanos(epochMs: number): string {
  return String(BigInt(Math.round(epochMs * 1000)) * 1000n);
}
