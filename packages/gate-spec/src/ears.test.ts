import type { EarsPattern, Modal } from "@towpath/core";
import { array, assert, boolean, constantFrom, option, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { modalOf, parseEars } from "./ears.ts";
import { withinBudget } from "./within-budget.ts";

describe("modalOf", () => {
  it.each([
    ["The shelf MUST keep it", "must"],
    ["It SHALL NOT lose it", "must-not"],
    ["A MAY do; B MUST NOT do", "must-not"],
    ["It is RECOMMENDED", "should"],
    ["It SHOULD NOT block", "should-not"],
    ["OPTIONAL", "may"],
    ["It MAY NOT be read", "must-not"],
    ["must, shall, should and may in prose", undefined],
    ["MUSTARD and DISMAY", undefined],
    ["", undefined],
  ] satisfies [string, Modal | undefined][])("of %j is %s", (text, modal) => {
    expect(modalOf(text)).toBe(modal);
  });
});

describe("parseEars", () => {
  it.each([
    ["The shelf shall keep every book.", "ubiquitous", "must", "shelf", "keep every book"],
    ["When a book is put, the shelf SHALL count it", "event", "must", "shelf", "count it"],
    ["WHEN a book is put THEN the shelf SHALL count it", "event", "must", "shelf", "count it"],
    ["While it is full, the shelf must not take books.", "state", "must-not", "shelf", "take books"],
    ["If the disk is gone, then the shelf shall refuse", "unwanted", "must", "shelf", "refuse"],
    ["If the disk is gone then the shelf shall refuse", "unwanted", "must", "shelf", "refuse"],
    ["Where lending is on, the shelf SHOULD remind", "optional", "should", "shelf", "remind"],
    ["Keys MUST NOT share tokens.", "ubiquitous", "must-not", "Keys", "share tokens"],
  ] satisfies [string, EarsPattern, Modal, string, string][])(
    "reads %j",
    (text, pattern, modal, subject, response) => {
      expect(parseEars(text)).toMatchObject({ pattern, modal, subject, response });
    },
  );

  it("takes the three conditions apart, in their order", () => {
    expect(
      parseEars("Where lending is on, while a book is out, when it is late, the shelf shall remind"),
    ).toEqual({
      pattern: "complex",
      features: ["lending is on"],
      states: ["a book is out"],
      trigger: "it is late",
      modal: "must",
      subject: "shelf",
      response: "remind",
    });
  });

  it("keeps commas and modal words inside a condition", () => {
    expect(parseEars("When red, green, or blue must be shown, the lamp shall blink")).toMatchObject({
      pattern: "event",
      trigger: "red, green, or blue must be shown",
      subject: "lamp",
    });
  });

  it.each([
    "When it is late, while it is dark, the lamp shall blink",
    "When a, when b, the lamp shall blink",
    "When it is late the lamp blinks",
    "When it is late the lamp shall blink",
    "Adds two numbers",
    "The lamp should blink",
    "The lamp shall",
    "shall blink",
    `The ${"lamp ".repeat(1_000)} shall blink`,
    "",
  ])("takes %.80s for no statement of EARS", (text) => {
    expect(parseEars(text)).toBeUndefined();
  });

  it("finds what was put together, whatever the case of the keywords", () => {
    const words = array(constantFrom("door", "is", "open", "now", "red"), { minLength: 1, maxLength: 4 }).map(
      (all) => all.join(" "),
    );
    const upper = (text: string, yes: boolean): string => (yes ? text.toUpperCase() : text);
    assert(
      property(
        record({
          where: option(words),
          state: option(words),
          when: option(words),
          response: words,
        }),
        boolean(),
        ({ where, state, when, response }, loud) => {
          const head = [
            ...(where === null ? [] : [`${upper("Where", loud)} ${where}`]),
            ...(state === null ? [] : [`${upper("while", loud)} ${state}`]),
            ...(when === null ? [] : [`${upper("when", loud)} ${when}`]),
            "the lamp",
          ].join(", ");
          expect(parseEars(`${head} ${upper("shall", loud)} ${response}.`)).toMatchObject({
            features: where === null ? [] : [where],
            states: state === null ? [] : [state],
            subject: "lamp",
            response,
            ...(when === null ? {} : { trigger: when }),
          });
        },
      ),
    );
  });

  it("takes time in proportion to the text", () => {
    const texts = ["when a, ", "where ", "then ", "shall ", "MUST NOT ", "if a then ", " ", ",", "and "];
    const work = (): void => {
      for (const text of texts) {
        parseEars(text.repeat(2 ** 20 / text.length));
        modalOf(text.repeat(2 ** 20 / text.length));
        for (let n = 0; n < 200; n++) parseEars(text.repeat(2_000 / text.length));
      }
    };
    expect(() => withinBudget(work, 5_000)).not.toThrow();
  });
});
