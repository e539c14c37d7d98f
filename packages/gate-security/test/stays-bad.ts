import { isBreakage } from "@towpath/core";
import { type Arbitrary, assert, constant, constantFrom, nat, oneof, property, tuple } from "fast-check";

/**
 * Asserts that no damage to a bad report makes it look good, whatever the exit code.
 * @param text the report: cut off, doubled, or with a character changed, lost or added
 * @param isBad whether the report is still read as bad; a breakage is as good as that
 */
export function assertStaysBad(text: string, isBad: (damaged: string, code: number) => boolean): void {
  const stays = (damaged: string, code: number): boolean => {
    try {
      return isBad(damaged, code);
    } catch (error) {
      return isBreakage(error);
    }
  };
  assert(property(damages(text), constantFrom(0, 1), stays), { numRuns: 2000 });
}

function damages(text: string): Arbitrary<string> {
  const at = nat({ max: text.length - 1 });
  const character = constantFrom(...'0159azAZ{}[]",:\\ \n-_/\0ü');
  return oneof(
    at.map((end) => text.slice(0, end)),
    at.map((index) => text.slice(0, index) + text.slice(index + 1)),
    constant(text + text),
    tuple(at, character).map(([index, c]) => text.slice(0, index) + c + text.slice(index + 1)),
    tuple(at, character).map(([index, c]) => text.slice(0, index) + c + text.slice(index)),
  );
}
