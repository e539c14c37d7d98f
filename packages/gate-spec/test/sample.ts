import type { Component } from "@towpath/core";

/** The part of a component's declaration that the samples need. */
export const spec: Partial<Component> = { spec: "specs/foo.md" };

const text = `# Foo

## Requirements

#### FR-1: A book MUST be counted

- [ ] A stored book is counted.

#### NFR-1: Speed

**Target:** p95 < 200 ms

## API

The shelf:

\`\`\`python
class Shelf:
    def put(self, isbn: str, *, copies: int = 1) -> None: ...


def size() -> int: ...
\`\`\`

## Monitoring

The size of the shelf.

## Rollback

Nothing is kept.
`;

const source = `class Shelf:
    def put(self, isbn: str, *, copies: int = 1) -> None:
        self.last = isbn


def size() -> int:
    return 1
`;

/** A component that passes both gates. */
export const clean: Readonly<Record<string, string>> = {
  "specs/foo.md": text,
  "src/foo/__init__.py": "",
  "src/foo/shelf.py": source,
};
