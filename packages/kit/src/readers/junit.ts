import { Breakage } from "@towpath/core";
import { parseXml, unreadable, type XmlElement } from "./xml.ts";

/** What went wrong in a test, or why it was left out. */
export interface JunitProblem {
  readonly kind: "failure" | "error" | "skipped";
  readonly type: string;
  readonly message: string;
  /** The traceback or other text. */
  readonly text: string;
}

/** One test. A failure of the test and an error of its clean-up are two problems of one case. */
export interface JunitCase {
  /** Name of the suite that holds it. */
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  /** As the producer wrote it; pytest writes it only as `xunit1`, relative to its root folder. */
  readonly file?: string;
  /** As the producer wrote it; pytest counts from 0. */
  readonly line?: number;
  readonly seconds?: number;
  readonly outcome: "passed" | "failed" | "error" | "skipped";
  readonly problems: readonly JunitProblem[];
}

/**
 * Reads a JUnit report, as pytest and many others write it.
 * @param what what the text is, for messages
 * @returns the cases in the order of the report, each test once; none is for the caller to judge
 * @throws {Breakage} `parse` when it is no complete JUnit document, `mismatch` when a suite says that tests failed and
 *   no case did, or the other way round
 */
export function readJunit(xml: string, what = "the JUnit report"): readonly JunitCase[] {
  const root = parseXml(xml, what);
  if (root.name !== "testsuites" && root.name !== "testsuite") {
    throw unreadable(xml, `${what} starts with <${root.name}>, not with <testsuites>`);
  }
  const cases = new Map<string, JunitCase>();
  for (const suite of suitesOf(root)) {
    const elements = suite.children.filter(({ name }) => name === "testcase");
    checkTotals(suite, elements, what);
    for (const element of elements) {
      const one = caseOf(element, suite.attributes["name"] ?? "");
      const key = JSON.stringify([one.suite, one.classname, one.name, one.file]);
      const known = cases.get(key);
      cases.set(key, known === undefined ? one : joined(known, one));
    }
  }
  return [...cases.values()];
}

/** All suites, outer ones first. */
function suitesOf(element: XmlElement): XmlElement[] {
  const inner = element.children.filter(({ name }) => name === "testsuite").flatMap(suitesOf);
  return element.name === "testsuite" ? [element, ...inner] : inner;
}

function caseOf({ attributes, children }: XmlElement, suite: string): JunitCase {
  const { classname = "", name = "", file } = attributes;
  const line = numberOf(attributes["line"]);
  const seconds = numberOf(attributes["time"]);
  const problems = children.flatMap(problemOf);
  return {
    suite,
    classname,
    name,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(seconds !== undefined && { seconds }),
    outcome: outcomeOf(problems),
    problems,
  };
}

function problemOf({ name: kind, attributes, text }: XmlElement): JunitProblem[] {
  if (kind !== "failure" && kind !== "error" && kind !== "skipped") return [];
  return [{ kind, type: attributes["type"] ?? "", message: attributes["message"] ?? "", text }];
}

function joined(first: JunitCase, second: JunitCase): JunitCase {
  const problems = [...first.problems, ...second.problems];
  const seconds = (first.seconds ?? 0) + (second.seconds ?? 0);
  return { ...first, seconds, problems, outcome: outcomeOf(problems) };
}

function outcomeOf(problems: readonly JunitProblem[]): JunitCase["outcome"] {
  const kinds = new Set(problems.map(({ kind }) => kind));
  if (kinds.has("failure")) return "failed";
  if (kinds.has("error")) return "error";
  return kinds.has("skipped") ? "skipped" : "passed";
}

function checkTotals(suite: XmlElement, cases: readonly XmlElement[], what: string): void {
  const nested = suite.children.some(({ name }) => name === "testsuite");
  const { failures, errors } = suite.attributes;
  if (nested || failures === undefined || errors === undefined) return;
  const broken = cases.filter(({ children }) =>
    children.some(({ name }) => name === "failure" || name === "error"),
  );
  const declared = Number(failures) + Number(errors);
  if (declared > 0 === broken.length > 0) return;
  const message = `${what} says that ${declared} tests of ${suite.attributes["name"] ?? "a suite"} broke, but shows ${broken.length}`;
  throw new Breakage("mismatch", { message });
}

function numberOf(text: string | undefined): number | undefined {
  // Some producers write thousands separators.
  const value = Number(text?.replaceAll(",", ""));
  return text !== undefined && text !== "" && Number.isFinite(value) ? value : undefined;
}
