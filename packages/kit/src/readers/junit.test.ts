import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { readJunit } from "./junit.ts";

const pytest = `<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
  <testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.123">
    <testcase classname="tests.test_a" name="test_ok[a &amp; b]" file="tests/test_a.py" line="0" time="0.001" />
    <testcase classname="tests.test_a" name="test_bad" time="0.002">
      <failure message="assert 1 == 2&#10;second line" type="AssertionError">def test_bad():
&gt;       assert 1 == 2<![CDATA[ <raw> ]]></failure>
    </testcase>
    <testcase classname="tests.test_a" name="test_skip" time="0.000">
      <skipped type="pytest.skip" message="later">tests/test_a.py:9: later</skipped>
    </testcase>
    <testcase classname="tests.test_a" name="test_bad" time="0.003">
      <error message="failed on teardown" type="">boom</error>
    </testcase>
    <testcase classname="" name="tests.test_b" time="0.000">
      <error message="collection failure">ImportError</error>
    </testcase>
  </testsuite>
</testsuites>`;

function kindOf(xml: string): string {
  try {
    return `${readJunit(xml).length} cases`;
  } catch (error) {
    return isBreakage(error) ? error.kind : String(error);
  }
}

describe("readJunit", () => {
  it("reads pytest's report: each test once, with all that went wrong in it", () => {
    const cases = readJunit(pytest);
    expect(cases.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "test_ok[a & b] passed",
      "test_bad failed",
      "test_skip skipped",
      "tests.test_b error",
    ]);
    expect(cases[0]).toEqual({
      suite: "pytest",
      classname: "tests.test_a",
      name: "test_ok[a & b]",
      file: "tests/test_a.py",
      line: 0,
      seconds: 0.001,
      outcome: "passed",
      problems: [],
    });
    expect(cases[1]).toMatchObject({
      seconds: 0.005,
      problems: [
        {
          kind: "failure",
          type: "AssertionError",
          message: "assert 1 == 2\nsecond line",
          text: "def test_bad():\n>       assert 1 == 2 <raw> ",
        },
        { kind: "error", type: "", message: "failed on teardown", text: "boom" },
      ],
    });
  });

  it("reads a single suite, nested suites and an empty report", () => {
    expect(readJunit('<testsuite name="s"><testcase name="t"/></testsuite>')).toMatchObject([
      { suite: "s", name: "t" },
    ]);
    const nested =
      '<testsuites><testsuite name="a" failures="1" errors="0"><testsuite name="b"><testcase name="t"/></testsuite></testsuite></testsuites>';
    expect(readJunit(nested)).toMatchObject([{ suite: "b", outcome: "passed" }]);
    expect(readJunit("<testsuites/>")).toEqual([]);
  });

  it("R17: a report that was cut is refused, wherever", () => {
    const end = pytest.trimEnd().length;
    for (let at = 0; at < end; at += 7) expect(kindOf(pytest.slice(0, at))).toBe("parse");
    expect(kindOf(pytest)).toBe("4 cases");
  });

  it.each([
    ["text behind it", `${pytest}trailing`],
    ["two documents", `${pytest}${pytest}`],
    ["another format", "<coverage/>"],
    ["an HTML error page", "<!DOCTYPE html><html><body>502</body></html>"],
    [
      "entities of its own",
      '<!DOCTYPE x [<!ENTITY a "boom">]><testsuites><testsuite name="&a;"/></testsuites>',
    ],
    ["entities of its own, unused", '<!DOCTYPE x [<!ENTITY a "boom">]><testsuites/>'],
    ["an unknown entity", '<testsuites><testsuite name="&nbsp;"/></testsuites>'],
    ["an attribute given twice", '<testsuites><testsuite failures="1" failures="0"/></testsuites>'],
    ["endless nesting", "<testsuite>".repeat(10_000) + "</testsuite>".repeat(10_000)],
    ["a hole", pytest.replace("<testcase", "\n\0[… 9 bytes left out …]\n<testcase")],
  ])("R17: %s is refused", (_, xml) => {
    expect(kindOf(xml)).toBe("parse");
  });

  it("R17: totals that contradict the cases are a mismatch", () => {
    const suite = (failures: number, body: string): string =>
      `<testsuites><testsuite failures="${failures}" errors="0"><testcase name="t">${body}</testcase></testsuite></testsuites>`;
    expect(kindOf(suite(1, ""))).toBe("mismatch");
    expect(kindOf(suite(0, "<failure/>"))).toBe("mismatch");
    expect(kindOf(suite(0, "<skipped/>"))).toBe("1 cases");
    expect(kindOf(suite(2, "<failure/>"))).toBe("1 cases");
  });

  it("the evidence of a refusal is safe to print", () => {
    const read = (): unknown => readJunit("<testsuites>\u001b[31m");
    expect(read).toThrow(/^the JUnit report is not valid XML/);
    expect(read).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ why: "It begins: <testsuites>" }) }),
    );
  });
});
