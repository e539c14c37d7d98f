import { posix } from "node:path";
import { Breakage } from "@towpath/core";

/** Says whether an absolute path is meant by a pattern. */
export type PathMatcher = (path: string) => boolean;

/**
 * Compiles a file pattern of ruff's configuration: it means paths below the folder of the configuration, and, if it
 * has no slash, any base name. `*` and `?` match slashes too, as in the Rust crate `globset` that ruff uses.
 * @param pattern e.g. `tests/*.py`, `__init__.py` or `**\/generated`
 * @param base absolute folder of the configuration file
 * @throws {Breakage} tool-config, on a pattern that is not valid
 * @see https://docs.rs/globset/latest/globset/#syntax
 */
export function compilePattern(pattern: string, base: string): PathMatcher {
  const literalBase = base.replaceAll(/[[\]{}*?\\]/g, String.raw`\$&`);
  const whole = pattern.startsWith("/") ? posix.normalize(pattern) : posix.join(literalBase, pattern);
  const path = compileGlob(whole.replace(/(?<=.)\/$/, ""), pattern);
  if (pattern.includes("/")) return (candidate) => path.test(candidate);
  const name = compileGlob(pattern, pattern);
  return (candidate) => path.test(candidate) || name.test(posix.basename(candidate));
}

function compileGlob(glob: string, pattern: string): RegExp {
  try {
    return new RegExp(`^${translate(glob)}$`, "u");
  } catch (cause) {
    throw new Breakage("tool-config", {
      message: `the file pattern \`${pattern}\` of ruff's configuration is not valid`,
      cause,
    });
  }
}

const TOKEN = /\/\*\*\/|^\*\*\/|\/\*\*$|\*+|\?|\\[^]|\[(?<negated>[!^]?)(?<set>\]?[^\]]+)\]|[^]/gu;

function translate(glob: string): string {
  let depth = 0;
  let source = "";
  for (const { 0: token, groups } of glob.matchAll(TOKEN)) {
    if (token === "/**/") source += "/(?:[^]*/)?";
    else if (token === "**/") source += "(?:[^]*/)?";
    else if (token === "/**") source += "/[^]*";
    else if (token.startsWith("*")) source += "[^]*";
    else if (token === "?") source += "[^]";
    else if (groups?.["set"]) source += characterClass(groups["negated"] !== "", groups["set"]);
    else if (token === "{") [depth, source] = [depth + 1, `${source}(?:`];
    else if (token === "}") [depth, source] = [depth - 1, `${source})`];
    else if (token === "," && depth > 0) source += "|";
    else if (token === "[") throw new SyntaxError("a character class is not closed");
    else source += escapeLiteral(token.replace(/^\\(?=[^])/u, ""));
  }
  return source;
}

function characterClass(negated: boolean, set: string): string {
  return `[${negated ? "^" : ""}${set.replaceAll(/[\\[\]^&~|]/g, String.raw`\$&`)}]`;
}

function escapeLiteral(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
