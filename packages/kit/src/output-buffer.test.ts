import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cutMark } from "./cut-mark.ts";
import { OutputBuffer } from "./output-buffer.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text)),
);

function filled(maxBytes: number, chunks: readonly Buffer[]): OutputBuffer {
  const buffer = new OutputBuffer(maxBytes);
  for (const chunk of chunks) buffer.push(chunk);
  return buffer;
}

/** Cuts bytes into chunks at places given as numbers between 0 and 1. */
function split(data: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * data.length)), data.length].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => data.subarray(places[index], end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

it("R19: however the bytes are split into chunks, the text is the same", () => {
  fc.assert(
    fc.property(bytes, cuts, fc.nat({ max: 70 }), (data, places, maxBytes) => {
      const whole = filled(maxBytes, [data]);
      const pieces = filled(maxBytes, split(data, places));
      expect(pieces.text()).toBe(whole.text());
      expect(pieces.droppedBytes).toBe(whole.droppedBytes);
    }),
  );
});

it("R15: the first and the last bytes are kept, and nothing is lost without being counted", () => {
  fc.assert(
    fc.property(bytes, cuts, fc.nat({ max: 70 }), (data, places, maxBytes) => {
      const buffer = filled(maxBytes, split(data, places));
      expect(buffer.droppedBytes).toBe(Math.max(0, data.length - maxBytes));
      const [whole, marked] = [
        data.toString("utf8"),
        expect.stringContaining(cutMark(data.length - maxBytes)),
      ];
      expect(buffer.text()).toEqual(buffer.droppedBytes === 0 ? whole : marked);
    }),
  );
});

it("R19: a cut splits no character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.integer({ min: 0, max: 100 }),
      (text, maxBytes) => {
        const data = Buffer.from(text);
        const buffer = filled(maxBytes, [data]);
        const [head = "", tail = ""] = buffer.text().split(cutMark(buffer.droppedBytes));
        const clean = text.toWellFormed();
        expect(clean.startsWith(head)).toBe(true);
        expect(clean.endsWith(tail)).toBe(true);
      },
    ),
  );
});

it("R15: the tail is the last bytes also when it was written over many times", () => {
  const data = Buffer.from(Array.from({ length: 1000 }, (_, n) => String(n)).join(","));
  for (const size of [1, 2, 3, 7, 64]) {
    const chunks = Array.from({ length: Math.ceil(data.length / size) }, (_, n) =>
      data.subarray(n * size, (n + 1) * size),
    );
    expect(filled(20, chunks).text()).toBe(`0,1,2,3,4,${cutMark(data.length - 20)}97,998,999`);
  }
});
