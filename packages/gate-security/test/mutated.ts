import fc from "fast-check";

/** Damaged copies of a report: cut off, doubled, or with a character changed, lost or added. */
export function mutated(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length - 1 });
  const character = fc.constantFrom(..."0159azAZ{}[]\",:\\ \n-_/\0ü");
  return fc.oneof(
    at.map((end) => text.slice(0, end)),
    at.map((index) => text.slice(0, index) + text.slice(index + 1)),
    fc.constant(text + text),
    fc.tuple(at, character).map(([index, c]) => text.slice(0, index) + c + text.slice(index + 1)),
    fc.tuple(at, character).map(([index, c]) => text.slice(0, index) + c + text.slice(index)),
  );
}
