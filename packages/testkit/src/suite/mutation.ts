import { constant, nat, oneof, record, type Arbitrary } from "fast-check";

/** A damage to a report. Places are fractions of its length, so that one damage fits reports of any size. */
export type Mutation =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "empty" }
  | { readonly kind: "twice" }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "delete" | "repeat" | "blank"; readonly at: number; readonly length: number }
  | { readonly kind: "swap numbers"; readonly at: number; readonly with: number };

/** Drawn as a whole number: fast-check draws fractions by their bits, and most of those lie close to 0. */
const place = nat(2 ** 20 - 1).map((number) => number / 2 ** 20);

/** Short pieces are as likely as long ones. */
const length = oneof(nat(4), nat(64), nat(4096));

/** Any damage. */
export const mutation: Arbitrary<Mutation> = oneof(
  record({ kind: constant("cut"), at: place }),
  record({ kind: constant("empty") }),
  record({ kind: constant("twice") }),
  record({ kind: constant("flip"), at: place, bit: nat(7) }),
  record({ kind: constant("delete"), at: place, length }),
  record({ kind: constant("repeat"), at: place, length }),
  record({ kind: constant("blank"), at: place, length }),
  record({ kind: constant("swap numbers"), at: place, with: place }),
);

/** The damaged report. */
export function mutate(report: Uint8Array, change: Mutation): Uint8Array {
  const bytes = Buffer.from(report);
  if (change.kind === "empty") return Buffer.alloc(0);
  if (change.kind === "twice") return Buffer.concat([bytes, bytes]);
  if (change.kind === "swap numbers") return swapNumbers(bytes, change.at, change.with);
  const at = Math.floor(change.at * bytes.length);
  if (change.kind === "cut") return bytes.subarray(0, at);
  if (change.kind === "flip") {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << change.bit);
    return flipped;
  }
  const piece = bytes.subarray(at, at + 1 + change.length);
  const put = { delete: [], repeat: [piece, piece], blank: [Buffer.alloc(piece.length, " ")] }[change.kind];
  return Buffer.concat([bytes.subarray(0, at), ...put, bytes.subarray(at + piece.length)]);
}

/** Whether the damage is to digits alone, or to nothing. */
export function differsInNumbersOnly(before: Uint8Array, after: Uint8Array): boolean {
  const skeleton = (bytes: Uint8Array): string =>
    Buffer.from(bytes).toString("latin1").replaceAll(/\d+/g, "#");
  return skeleton(before) === skeleton(after);
}

function swapNumbers(bytes: Buffer, first: number, second: number): Buffer {
  const text = bytes.toString("latin1");
  const numbers = [...text.matchAll(/\d+/g)];
  const [one, other] = [first, second]
    .map((fraction) => numbers[Math.floor(fraction * numbers.length)])
    .toSorted((a, b) => (a?.index ?? 0) - (b?.index ?? 0));
  if (one === undefined || other === undefined || one.index === other.index) return bytes;
  const swapped = [
    text.slice(0, one.index),
    other[0],
    text.slice(one.index + one[0].length, other.index),
    one[0],
    text.slice(other.index + other[0].length),
  ];
  return Buffer.from(swapped.join(""), "latin1");
}
