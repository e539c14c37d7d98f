import type { SpecExample } from "@towpath/core";
import { expectedOf, raisedBy } from "./expected.ts";
import { isPythonLiteral, plainString } from "./python-literal.ts";
import { pythonLines, type PythonLine } from "./python-lines.ts";

/** An example as its block tells it. */
export interface BlockExample extends Pick<SpecExample, "setup" | "expression" | "expected"> {
  /** 0-based index of its line in the block. */
  readonly index: number;
  /** The comments above it, in the same block. */
  readonly remark: string;
}

/** A line with those that are indented below it. */
interface Statement {
  readonly head: PythonLine;
  readonly body: readonly PythonLine[];
}

/**
 * The examples of a block of Python: calls with their outcome in a comment (`total = add(5, 3)  # 8`), `assert call ==
 * value`, and calls that a `try … except` or `pytest.raises` expects to fail. Only statements that stand at the left
 * edge count: what is inside of a function is not run as it stands there.
 */
export function usageExamples(text: string): readonly BlockExample[] {
  const found: BlockExample[] = [];
  const setup: string[] = [];
  let remark = "";
  const statements = statementsOf(pythonLines(text));
  statements.forEach((statement, at) => {
    const { head, body } = statement;
    if (head.code === "") {
      remark = `${remark} ${head.comment ?? ""}`;
      return;
    }
    const handlers = /^try\s*:/.test(head.code) ? handlersAfter(statements, at) : [];
    const failing = failure(statement, handlers);
    if (failing !== undefined) found.push({ ...failing, setup: [...setup, ...failing.setup], remark });
    const plain = body.length === 0 ? outcome(head) : undefined;
    if (plain !== undefined) found.push({ ...plain, index: head.index, setup: [...setup], remark });
    if (!isAside(head.code)) setup.push(...head.lines, ...body.flatMap(({ lines }) => lines));
  });
  return found;
}

function statementsOf(lines: readonly PythonLine[]): readonly Statement[] {
  const statements: { readonly head: PythonLine; readonly body: PythonLine[] }[] = [];
  for (const line of lines) {
    const last = statements.at(-1);
    if (line.indent > 0 && last !== undefined) last.body.push(line);
    else statements.push({ head: line, body: [] });
  }
  return statements;
}

/** Statements that the examples below them do not build on. */
function isAside(code: string): boolean {
  return /^(?:print\s*\(|assert\b|try\s*:|except\b|else\s*:|finally\s*:|with\s+(?:pytest\.)?raises\b)/.test(
    code,
  );
}

/** `name = call  # value`, `call  # value`, `print(call)  # value`, `assert call == value`. */
function outcome({ code, comment }: PythonLine): Pick<BlockExample, "expression" | "expected"> | undefined {
  if (/\b(?:await|yield|lambda|import)\b/.test(code)) return undefined;
  if (/^assert\s/.test(code)) return assertion(code.slice("assert".length));
  const expected = expectedOf(comment ?? "");
  if (expected === undefined) return undefined;
  const printed = /^print\s*\((.*)\)$/s.exec(code)?.[1];
  if (printed !== undefined) {
    // What is printed for a string is not how it is written.
    const isText = expected.kind === "value" && plainString(expected.source) !== undefined;
    return isText || !isCall(printed) || !isBalanced(printed) ? undefined : { expression: printed, expected };
  }
  const assigned = /^[A-Za-z_][\w.]{0,200}(?:\s{0,5}:[^=()]{1,200})?\s{0,5}=(?!=)\s{0,5}(.*)$/s.exec(
    code,
  )?.[1];
  if (assigned !== undefined) return isCall(assigned) ? { expression: assigned, expected } : undefined;
  return isCall(code) || isMember(code) ? { expression: code, expected } : undefined;
}

function assertion(code: string): Pick<BlockExample, "expression" | "expected"> | undefined {
  const sign = code.includes(" == ") ? " == " : " is ";
  const at = code.lastIndexOf(sign);
  const [expression, source] = [code.slice(0, at).trim(), code.slice(at + sign.length).trim()];
  const usable = at > 0 && isCall(expression) && isPythonLiteral(source);
  return usable ? { expression, expected: { kind: "value", source } } : undefined;
}

/** The first handler of a `try`, with its body. */
function handlersAfter(statements: readonly Statement[], at: number): readonly Statement[] {
  const next = statements[at + 1];
  return next !== undefined && /^except\b/.test(next.head.code) ? [next] : [];
}

function failure(
  { head, body }: Statement,
  [handler]: readonly Statement[],
): Omit<BlockExample, "remark"> | undefined {
  const call = body.at(-1);
  const before = body.slice(0, -1).flatMap(({ lines, indent }) => lines.map((line) => line.slice(indent)));
  if (call === undefined || /\bawait\b/.test(call.code)) return undefined;
  const expression = call.code.replace(/^[A-Za-z_][\w.]{0,200}\s{0,5}=(?!=)\s{0,5}/, "");
  if (!isCall(expression)) return undefined;
  const shape = { setup: before, expression, index: call.index };
  const context =
    /^with\s+(?:pytest\.)?raises\(\s*([A-Za-z_][\w.]{0,200})\s*(?:,\s*match\s*=\s*(.{1,500}?))?\s*\)\s*(?:as\s+\w+\s*)?:$/s.exec(
      head.code,
    );
  if (context !== null) {
    const pattern = plainString(context[2] ?? "");
    const message = pattern !== undefined && !/[\\^$.*+?()[\]{}|]/.test(pattern) ? pattern : undefined;
    return { ...shape, expected: raisedBy(context[1] ?? "", message) };
  }
  const caught = /^except\s+([A-Za-z_][\w.]{0,200})(?:\s+as\s+\w+)?\s*:/.exec(handler?.head.code ?? "");
  if (handler === undefined || caught === null) return undefined;
  const messages = [handler.head, ...handler.body].flatMap(({ comment }) => plainString(comment ?? "") ?? []);
  return { ...shape, expected: raisedBy(caught[1] ?? "", messages[0]) };
}

/** Whether an expression calls something. */
function isCall(code: string): boolean {
  return (
    /^[\w([{"'-]/.test(code) &&
    /[\w\])]\(/.test(code) &&
    !/^(?:def|class|if|for|while|with|return|raise|del|from|async|elif|try|global)\b/.test(code)
  );
}

function isMember(code: string): boolean {
  return /^[A-Za-z_]\w{0,100}(?:\.[A-Za-z_]\w{0,100}|\[[^\]]{1,100}\]){1,8}$/.test(code);
}

function isBalanced(code: string): boolean {
  let depth = 0;
  for (const sign of code) {
    if (sign === "(") depth++;
    else if (sign === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
