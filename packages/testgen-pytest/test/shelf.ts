import type { SpecDoc } from "@towpath/core";
import { at, example, requirement, specOf } from "./spec-of.ts";

const api = `
LIMIT: int = 3

class ShelfFull(Exception):
    """No room is left."""

class Shelf:
    """Books by their number."""

    def __init__(self, limit: int = 3) -> None: ...

    def put(self, isbn: str, copies: int = 1) -> None:
        """Stores copies.

        Raises:
            ShelfFull: no room is left.
            ValueError: the number is empty.
        """

    def count(self, isbn: str) -> int: ...

def normalise(isbn: str) -> str:
    """Without hyphens."""

def join(first: int, second: int) -> int: ...
`;

const setup = ["from foo import Shelf", "shelf = Shelf()", 'shelf.put("a", 2)'];

/** A small specification with something for every tier. */
export const shelf: SpecDoc = specOf({
  requirements: [
    requirement("FR-1", {
      title: "Storing",
      text: "`Shelf.put` MUST store copies; `Shelf.count` counts them.",
      modal: "must",
    }),
    requirement("FR-2", {
      title: "No room",
      text: "`put` MUST raise `ShelfFull` when no room is left.",
      modal: "must",
    }),
    requirement("FR-3", { title: "Plain numbers", text: "`normalise()` MUST be idempotent.", modal: "must" }),
    requirement("FR-4", { title: "Joining", text: "`join()` MUST be commutative.", modal: "must" }),
    requirement("FR-5", {
      title: "Counting nothing",
      text: "When nothing was put, the shelf shall count zero.",
      ears: [
        {
          pattern: "event",
          features: [],
          states: [],
          trigger: "nothing was put",
          modal: "must",
          subject: "the shelf",
          response: "count zero",
          at: at(),
        },
      ],
    }),
    requirement("FR-6", {
      title: "Going back",
      text: "A rollback MUST take a bad release back.",
      proof: "drill",
    }),
  ],
  apiBlocks: [{ text: api, at: at(20) }],
  examples: [
    example('shelf.count("a")', "2", { setup, requirements: ["FR-1"] }),
    example('shelf.count("b")', "0", { setup, requirements: ["FR-1"] }),
    example('normalise("1-2")', '"12"', { requirements: ["FR-3"] }),
    {
      setup: ["shelf = Shelf(1)"],
      expression: 'shelf.put("a", 2)',
      expected: { kind: "raises", exception: "ShelfFull", message: "room" },
      requirements: ["FR-2"],
      at: at(),
    },
  ],
  scenarios: [
    {
      name: "Several copies",
      requirements: ["FR-1"],
      tags: ["slow"],
      steps: [
        { keyword: "given", text: "a shelf with <n> copies", at: at() },
        { keyword: "then", text: "it counts <n>", at: at() },
      ],
      examples: [{ head: ["n"], rows: [["1"], ["2"]], at: at() }],
      at: at(),
    },
  ],
});

/** An implementation that keeps what the specification says. */
export const implementation = `
LIMIT = 3


class ShelfFull(Exception):
    pass


class Shelf:
    def __init__(self, limit=3):
        self.limit = limit
        self.books = {}

    def put(self, isbn, copies=1):
        if not isbn:
            raise ValueError("empty")
        if sum(self.books.values()) + copies > self.limit:
            raise ShelfFull("no room is left")
        self.books[isbn] = self.count(isbn) + copies

    def count(self, isbn):
        return self.books.get(isbn, 0)


def normalise(isbn):
    return isbn.replace("-", "")


def join(first, second):
    return first + second
`;
