import { createHash } from "node:crypto";
import type { TestTier } from "@towpath/core";
import { z } from "zod";

/** What the head of a generated file says about it. */
export interface FileHead {
  readonly component: string;
  /** Digest of what the specification says; absent where it has no part in the file. */
  readonly spec?: string | undefined;
  /** Version of the generator. */
  readonly generator: string;
  readonly tier?: TestTier | undefined;
  /** Whether it may be filled in by hand. */
  readonly open: boolean;
}

/** A generated file as it lies on the disk. */
export interface ReadHead extends FileHead {
  /** Whether nobody changed it since it was generated. */
  readonly untouched: boolean;
}

const mark = "# towpath-testgen: ";
const form = z.strictObject({
  component: z.string(),
  spec: z.string().optional(),
  generator: z.string(),
  tier: z.enum(["T0", "T1", "T2", "T3"]).optional(),
  open: z.boolean(),
  content: z.string(),
});

/**
 * A generated file: two lines of comment, then the body. The second line holds the digest of everything else, so that an
 * edit shows.
 * @param body ends with a line break
 */
export function withHead(head: FileHead, body: string): string {
  const advice = head.open
    ? "Fill in the bodies; the file is left alone from then on."
    : "Do not edit it: change the specification instead.";
  const first = `# Generated from the specification by @towpath/testgen-pytest. ${advice}\n`;
  const facts = { ...known(head), content: contentDigest(head, first + body) };
  return `${first}${mark}${JSON.stringify(facts)}\n${body}`;
}

/** Reads the head of a file; undefined when it is none of ours. Line ends of Windows change nothing. */
export function readHead(text: string): ReadHead | undefined {
  const [first = "", second = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n");
  if (!second.startsWith(mark)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(second.slice(mark.length));
  } catch {
    return undefined;
  }
  const parsed = form.safeParse(value);
  if (!parsed.success) return undefined;
  const { content, ...head } = parsed.data;
  return { ...head, untouched: content === contentDigest(head, `${first}\n${rest.join("\n")}`) };
}

function contentDigest(head: FileHead, text: string): string {
  return createHash("sha256")
    .update(JSON.stringify(known(head)))
    .update("\n")
    .update(text)
    .digest("hex");
}

/** The facts in a fixed order. */
function known({ component, spec, generator, tier, open }: FileHead): FileHead {
  return {
    component,
    ...(spec === undefined ? {} : { spec }),
    generator,
    ...(tier === undefined ? {} : { tier }),
    open,
  };
}
