import * as fc from "fast-check";
import { expect, it } from "vitest";
import { rowsOf, textOf } from "./rows.ts";
import type { Found } from "./scan.ts";

const text = fc.string({ unit: "grapheme" }).map((one) => one.replaceAll("\0", " "));
const line = fc.integer({ min: 1, max: 1e6 });

it("reads every row that was written", () => {
  const found: fc.Arbitrary<Found> = fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        "module" as const,
        "class" as const,
        "function" as const,
        "method" as const,
        "constant" as const,
      ),
      line,
      name: text,
      signature: text,
      doc: text,
    }),
    fc.record({ kind: fc.constant("section" as const), line, name: text, doc: text }),
    fc.record({ kind: fc.constant("mention" as const), line, id: text, name: text, doc: text }),
  );
  fc.assert(
    fc.property(fc.array(found), (rows) => {
      expect(rowsOf(textOf(rows))).toEqual(rows);
    }),
  );
});
