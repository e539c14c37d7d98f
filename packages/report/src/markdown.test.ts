import * as fc from "fast-check";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { anyRun, anyText, errored, failing, finding, hostileTexts, result, runOf } from "../test/sample.ts";
import { commentMarker, markdownComment, markdownReport, markdownSummary } from "./markdown.ts";
import { code, escape } from "./markdown-text.ts";

function nodesOf(text: string): readonly Nodes[] {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const walk = (node: Nodes): readonly Nodes[] =>
    ["children" in node ? node.children.flatMap(walk) : [], node].flat();
  return walk(tree);
}

/** What a reader sees of a text. */
function seen(text: string): string {
  return nodesOf(text)
    .flatMap((node) => (node.type === "text" || node.type === "inlineCode" ? node.value : []))
    .join("");
}

/** Our own HTML: folds, the marker, and what parts a mention. */
const ownHtml = /^(?:<!-- -->|<!-- towpath: [\w -]+ -->|<\/?details>|<details><summary>.*<\/summary>)$/s;

/** Whatever could lead a reader astray. */
function dangers(text: string): readonly string[] {
  const nodes = nodesOf(text);
  return [
    ...nodes.flatMap((node) =>
      ["link", "image", "definition", "linkReference", "imageReference", "footnoteReference"].includes(
        node.type,
      )
        ? node.type
        : [],
    ),
    ...nodes.flatMap((node) => (node.type === "html" && !ownHtml.test(node.value.trim()) ? node.value : [])),
    ...nodes.flatMap((node) =>
      node.type === "text" && /@\w|#\d|:\/\/|www\.|GH-\d/i.test(node.value) ? node.value : [],
    ),
  ];
}

const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\s*[\r\n\v\f\u0085\u2028\u2029]\s*/g, " ")
    .replaceAll("\0", "\ufffd")
    .trim();

describe("escape", () => {
  it("any text formats, links and mentions nothing, and reads as it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const item = `- ${escape(text)}`;
        expect(dangers(item)).toEqual([]);
        expect(
          nodesOf(item).filter(
            ({ type }) => !["root", "list", "listItem", "paragraph", "text", "html"].includes(type),
          ),
        ).toEqual([]);
        expect(seen(item).replaceAll(/\s+/g, " ").trim()).toBe(oneLine(text).replaceAll(/\s+/g, " ").trim());
      }),
      { numRuns: 500 },
    );
  });
});

describe("code", () => {
  it("nothing in it ends it, and it reads as it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const nodes = nodesOf(`- ${code(text)} end`);
        const inner = nodes.filter((node) => node.type === "inlineCode");
        expect(inner).toHaveLength(1);
        expect(dangers(`- ${code(text)} end`)).toEqual([]);
        const said = inner[0]?.type === "inlineCode" ? inner[0].value.trim() : undefined;
        expect(said).toBe(oneLine(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("markdownReport", () => {
  it("says the verdict, the figures, where thresholds come from, and each finding", () => {
    const text = markdownReport(runOf([failing([finding()])]));
    expect(text).toContain("# foo → staging: not passed");
    expect(text).toContain("errors <= 0 is set by `towpath.config.yaml:4`");
    expect(text).toContain("- error `src/foo/a.py:3:8` F401: \\`os\\` imported but unused");
  });

  it.each([
    ["could not decide", runOf([errored()]), "not decided"],
    ["contradicts itself", runOf([errored()], { exit: 0 }), "not decided"],
    ["was stopped", runOf([result()], { exit: 143, status: "stopped" }), "stopped"],
    [
      "waits",
      runOf([result()], { exit: 5, status: "parked", wait: { step: "s", for: "a soak", next: [] } }),
      "waiting",
    ],
  ])("a run that %s is not called passed", (_, report, words) => {
    expect(markdownReport(report).split("\n", 1)[0]).toBe(`# foo → staging: ${words}`);
  });

  it("any run leads no reader astray, in whole or cut to size", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        for (const text of [markdownReport(report), markdownComment(report), markdownSummary(report)])
          expect(dangers(text)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("says why the work of a stage broke and where, and what to do is next", () => {
    const error = {
      code: "TP4009",
      message: "pytest cannot collect **it**",
      why: "An import fails.",
      fix: ["pip install it"],
      where: ["tests/test_a.py:3"],
    };
    const base = { stage: "implementation" as const, results: [], fixes: [], durationMs: 1 };
    const stage = { ...base, status: "stopped" as const, reason: error.message, code: error.code, error };
    const text = markdownReport({ ...runOf([]), exit: 3, stages: [stage] });
    expect(text).toMatch(
      /Stopped: pytest cannot collect \\\*\\\*it[^]*An import fails\.[^]*`tests\/test_a\.py:3`/,
    );
    expect(text).toMatch(/## Next\n\n- `pip install it`\n- `towpath explain TP4009`/);
  });

  it("says which tests were made, and which were not and why", () => {
    const generated = [
      {
        component: "foo",
        files: [{ path: "tests/spec/test_foo.py", state: "written" as const, open: false }],
        tests: [{ id: "a", tier: "T0" as const, requirements: ["FR-1"] }],
        vacuous: [{ id: "b", reason: "it passes where the package is empty" }],
        red: ["a"],
        uncovered: [{ requirement: "FR-2", reason: "it has no example" }],
      },
    ];
    const stage = { stage: "implementation" as const, results: [], fixes: [], durationMs: 1 };
    const text = markdownReport({ ...runOf([]), stages: [{ ...stage, status: "passed", generated }] });
    expect(text).toContain("- foo: 1 in 1 files, 1 of them red");
    expect(text).toContain("- `b` was refused: it passes where the package is empty");
    expect(text).toContain("- none for `FR-2`: it has no example");
  });

  it("shows all messages in the report", () => {
    for (const message of hostileTexts) {
      const read = seen(markdownReport(runOf([failing([finding({ message })])]))).replaceAll(/\s+/g, " ");
      expect(read).toContain(oneLine(message).replaceAll(/\s+/g, " "));
    }
  });
});

describe("a report with a limit", () => {
  const bytes = (text: string): number => Buffer.byteLength(text);
  const huge = "😀".repeat(500_000);
  const many = Array.from({ length: 500 }, (_, at) =>
    finding({ message: `number ${at} ${"é".repeat(300)}`, fingerprint: String(at) }),
  );
  const gates = Array.from({ length: 300 }, (_, at) => failing(many, { gate: `gate-${at}` }));

  it.each([
    ["500 findings", runOf([failing(many)])],
    ["150,000 findings of 300 gates", runOf(gates)],
    [
      "texts of 2 MB",
      runOf([failing([finding({ message: huge, rule: huge })], { warnings: [huge], reason: huge })], {
        message: huge,
        warnings: [{ message: huge }],
      }),
    ],
    [
      "300 warnings",
      runOf([result()], { warnings: Array.from({ length: 300 }, () => ({ message: "x".repeat(900) })) }),
    ],
  ])("%s stay below the limits of a comment and a summary", (_, report) => {
    expect(bytes(markdownComment(report))).toBeLessThanOrEqual(64_000);
    expect(bytes(markdownSummary(report))).toBeLessThanOrEqual(900_000);
    expect(bytes(markdownSummary(report, 880_000))).toBeLessThanOrEqual(20_000);
  });

  it("counts what it leaves out and says where it is", () => {
    const text = markdownComment(runOf(gates), "the artifact `towpath`");
    expect(text).toMatch(/The details of \d+ more gates are in the artifact \\`towpath\\`\./);
    expect(text).toMatch(/- and 4\d\d more/);
  });

  it("shows what blocks before what passed", () => {
    const passed = Array.from({ length: 50 }, (_, at) => result({ gate: `fine-${at}` }));
    const text = markdownComment(runOf([...passed, failing([finding()], { gate: "broken" })]));
    expect(text.indexOf("| broken |")).toBeLessThan(text.indexOf("| fine-0 |"));
    expect(text).toContain("<details><summary>broken (foo): failed, 1 finding</summary>");
  });

  it("begins with the marker, which is the same for the same components and target and cannot be ended", () => {
    const report = runOf([result()]);
    expect(markdownComment(report).split("\n", 1)[0]).toBe("<!-- towpath: run staging foo -->");
    const components = [{ name: "a--><script>", source: [], tests: [] }];
    expect(commentMarker({ ...report, plan: { ...report.plan, components } })).toMatch(
      /^<!-- towpath: [\w -]+ -->$/,
    );
  });
});
