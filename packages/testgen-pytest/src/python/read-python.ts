import { Breakage, type GateContext, type SpecDoc } from "@towpath/core";
import { excerpt, parseReport, runTool, type Tool } from "@towpath/kit";
import { pythonReading, type PythonReading } from "./api.ts";
import { readScript } from "./read-script.ts";

/** Most output of the program that is read, in bytes. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Lets the component's Python parse the API blocks and examples of a specification, in a process that imports nothing of
 * the project: `-I` ignores the environment and the working directory, `-S` the site packages. Texts go through standard
 * input.
 * @param modules names under which the component may be imported
 * @throws {Breakage} `tool-version` below Python 3.9, `tool-crash` when Python breaks, `parse` or `mismatch` when its
 *   answer is not what was asked for
 */
export async function readPython(
  ctx: GateContext,
  python: Tool,
  spec: SpecDoc,
  modules: readonly string[],
): Promise<PythonReading> {
  const [major = 0, minor = 0] = python.info.version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 9)) {
    const message = `Python ${python.info.version} cannot read API blocks: 3.9 or newer is needed`;
    throw new Breakage("tool-version", { message });
  }
  const request = {
    blocks: spec.apiBlocks.map(({ text }) => text),
    modules,
    examples: spec.examples.map(({ setup, expression, expected }) => ({ setup, expression, expected })),
  };
  const { code, stdout, stderr } = await runTool(ctx, python, ["-I", "-S", "-c", readScript], {
    stdin: JSON.stringify(request),
    maxOutputBytes,
  });
  if (code !== 0) {
    throw new Breakage("tool-crash", {
      message: `Python ended with exit code ${code} while reading the API blocks and examples of ${excerpt(spec.file, 200)}`,
      why: excerpt(stderr),
    });
  }
  const answer = parseReport(pythonReading, stdout, "the reading of the API blocks");
  if (answer.blocks.length !== spec.apiBlocks.length || answer.examples.length !== spec.examples.length) {
    const asked = `${spec.apiBlocks.length} blocks and ${spec.examples.length} examples`;
    const got = `${answer.blocks.length} and ${answer.examples.length}`;
    throw new Breakage("mismatch", { message: `Python was asked for ${asked}, and answered for ${got}` });
  }
  return answer;
}
