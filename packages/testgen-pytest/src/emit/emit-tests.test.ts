import { describe, expect, it } from "vitest";
import { askPython } from "../../test/ask-python.ts";
import { shelf } from "../../test/shelf.ts";
import { at, requirement, specOf } from "../../test/spec-of.ts";
import type { SpecDoc } from "@towpath/core";
import { pythonReading } from "../python/api.ts";
import { readScript } from "../python/read-script.ts";
import type { EmitContext, Emitted } from "./emit-context.ts";
import { emitProperties } from "./properties.ts";
import { emitTests } from "./emit-tests.ts";

async function contextOf(spec: SpecDoc): Promise<EmitContext> {
  const request = {
    blocks: spec.apiBlocks.map(({ text }) => text),
    examples: spec.examples,
    modules: ["foo"],
  };
  const reading = pythonReading.parse(await askPython(readScript, request, ["-I", "-S"]));
  return {
    spec,
    reading,
    modules: [[{ name: "foo", root: "src" }]],
    folder: "tests/spec",
    depth: 2,
    word: "foo",
  };
}

describe("emitTests", () => {
  it("leaves out the tiers whose libraries are missing, and says how to get them", async () => {
    const context = await contextOf(shelf);
    const tiers = ({ files }: Emitted): readonly unknown[] => [...new Set(files.map(({ tier }) => tier))];
    const all = emitTests(context, { pytest: "9.2.0", "pytest-bdd": "9.0.1", hypothesis: "6.1" });
    expect(tiers(all)).toEqual(["T0", "T1", "T2", "T3"]);
    const none = emitTests(context, { pytest: "9.2.0", "pytest-bdd": "7.3.0" });
    expect(tiers(none)).toEqual(["T0", "T1"]);
    const said = (id: string): string => none.uncovered.find((one) => one.requirement === id)?.reason ?? "";
    expect(said("FR-5")).toContain('python -m pip install "pytest-bdd>=8"');
    expect(said("FR-3")).toContain("python -m pip install hypothesis");
  });

  it("says of an example that is no test why, and names the block that is no Python", async () => {
    const spec = specOf({
      requirements: [requirement("FR-1")],
      apiBlocks: [{ text: "def (", at: at(7) }],
      examples: [
        {
          setup: [],
          expression: "open('x')",
          expected: { kind: "value", source: "1" },
          requirements: ["FR-1"],
          at: at(9),
        },
      ],
    });
    expect(emitTests(await contextOf(spec), {}).uncovered).toEqual([
      { requirement: "", reason: "the API block at specs/foo.md:7 is not valid Python" },
      {
        requirement: "FR-1",
        reason: "the example at specs/foo.md:9 is not made a test: open is not in the API blocks",
      },
    ]);
  });
});

describe("emitProperties", () => {
  const api = `
def encode(text: str) -> bytes:
    """Packs it.

    Raises:
        ValueError: it cannot be packed.
    """
def decode(data: bytes) -> str: ...
def clean(text: str) -> str: ...
def trim(text: str) -> str: ...
def add(a: int, b: int) -> int: ...
def mix(a: float, b: float) -> float: ...
def free(a, b): ...
def size(text: str) -> int: ...
class Calc:
    def times(self, a: int, b: int) -> int: ...
class Bound:
    def __init__(self, name): ...
    def times(self, a: int, b: int) -> int: ...
`;
  const propertiesOf = async (text: string, modal?: "may"): Promise<readonly string[]> => {
    const spec = specOf({
      requirements: [requirement("FR-1", { text, ...(modal === undefined ? {} : { modal }) })],
      apiBlocks: [{ text: api, at: at() }],
    });
    const { files, uncovered } = emitProperties(await contextOf(spec));
    return [
      ...files.flatMap(({ tests }) => tests.map(({ name }) => name)),
      ...uncovered.map(({ reason }) => reason),
    ];
  };

  it("binds the words of a requirement to the functions that it names, where their annotations fit", async () => {
    for (const text of [
      "`decode()` after `encode()` is a round trip.",
      "`encode()` and `decode()` are a round trip.",
      "The round trip `decode(encode(text))` changes nothing.",
      "encode and decode MUST round-trip.",
    ]) {
      expect(await propertiesOf(text)).toEqual(["test_encode_decode_round_trip"]);
    }
    expect(await propertiesOf("`clean()` is idempotent.")).toEqual(["test_clean_idempotent"]);
    expect(await propertiesOf("`add(a, b)` is commutative and associative.")).toEqual([
      "test_add_commutative",
      "test_add_associative",
    ]);
    expect(await propertiesOf("`Calc.times` commutes.")).toEqual(["test_times_commutative"]);
    expect(await propertiesOf("The `size()` is never negative.")).toEqual(["test_size_never_negative"]);
  });

  it("says why it makes none where that would be a guess", async () => {
    const none = (word: string): string =>
      `it says ${word}, but it names no function of the API whose annotations fit, so no property was made of it`;
    expect(await propertiesOf("`mix()` is associative.")).toEqual([none("associative")]);
    expect(await propertiesOf("`free()` is commutative.")).toEqual([none("commutative")]);
    expect(await propertiesOf("Everything is idempotent.")).toEqual([none("idempotent")]);
    expect(await propertiesOf("`Bound.times()` is commutative.")).toHaveLength(1);
    expect((await propertiesOf("`clean()` and `trim()` are idempotent."))[0]).toContain("several functions");
  });

  it("makes none of a word that is denied or left open", async () => {
    expect(await propertiesOf("`clean()` is not idempotent.")).toEqual([]);
    expect(await propertiesOf("`clean()` need not be idempotent.")).toEqual([]);
    expect(await propertiesOf("`clean()` MAY be idempotent.", "may")).toEqual([]);
  });
});
