import { Breakage, type GateContext } from "@towpath/core";
import { excerpt, parseReport, runTool, type Tool } from "@towpath/kit";
import { countDefinitions, extraction, type Extraction } from "./definitions.ts";
import { extractScript } from "./extract-script.ts";

/** Most output of the extraction that is read, in bytes. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Parses API blocks and source files with the component's Python, in one process that imports nothing: `-I` ignores
 * the environment and the working directory, `-S` the site packages and their start-up code. Texts and paths go
 * through standard input, never into an argument.
 * @param files POSIX paths relative to the repository root
 * @throws {Breakage} `tool-version` below Python 3.9, `tool-crash` when Python breaks, `parse` or `mismatch` when its answer is not what was asked for
 */
export async function extract(
  ctx: GateContext,
  python: Tool,
  blocks: readonly string[],
  files: readonly string[],
): Promise<Extraction> {
  const [major = 0, minor = 0] = python.info.version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 9)) {
    const message = `Python ${python.info.version} cannot list definitions: 3.9 or newer is needed`;
    throw new Breakage("tool-version", { message });
  }
  const { code, stdout, stderr } = await runTool(ctx, python, ["-I", "-S", "-c", extractScript], {
    stdin: JSON.stringify({ blocks: blocks.map((block) => block.toWellFormed()), files }),
    maxOutputBytes,
  });
  if (code !== 0) {
    throw new Breakage("tool-crash", {
      message: `Python ended with exit code ${code} while parsing the API blocks and ${files.length} source files`,
      why: excerpt(stderr),
    });
  }
  const answer = parseReport(extraction, stdout, "the list of Python definitions");
  const count = [...answer.blocks, ...answer.files].reduce(
    (sum, text) => sum + countDefinitions(text.definitions),
    0,
  );
  const whole = answer.blocks.length === blocks.length && answer.files.length === files.length;
  if (!whole || answer.count !== count) {
    const asked = `${blocks.length} blocks and ${files.length} files`;
    const got = `${answer.blocks.length} blocks and ${answer.files.length} files with ${count} definitions of ${answer.count}`;
    throw new Breakage("mismatch", { message: `Python was asked for ${asked}, and answered for ${got}` });
  }
  return answer;
}
