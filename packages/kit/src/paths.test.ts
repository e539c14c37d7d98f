import { symlink } from "node:fs/promises";
import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { isTowpathError } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { toolPath, toRepoPath } from "./paths.ts";
import { tree } from "../test/testing.ts";

/** The path, or the code of the refusal. */
function attempt(root: string, path: string): string {
  try {
    return toRepoPath(root, path);
  } catch (error) {
    if (isTowpathError(error)) return error.data.code;
    throw error;
  }
}

async function setUp(): Promise<{ root: string; outside: string }> {
  const root = await tree({ "src/foo.py": "", "src/deep/x.py": "" });
  const outside = await tree({ "secret.txt": "" });
  await symlink(join(root, "src"), join(root, "inner"));
  await symlink(outside, join(root, "outer"));
  await symlink(join(outside, "secret.txt"), join(root, "src", "leak.py"));
  await symlink(join(outside, "not-yet"), join(root, "dangling"));
  await symlink("loop", join(root, "loop"));
  return { root, outside };
}

describe("toRepoPath", () => {
  it("makes absolute and relative paths relative to the root, whether or not they exist", async () => {
    const { root } = await setUp();
    expect(attempt(root, join(root, "src/foo.py"))).toBe("src/foo.py");
    expect(attempt(root, "./src//deep/../foo.py")).toBe("src/foo.py");
    expect(attempt(root, "src/new/file.py")).toBe("src/new/file.py");
    expect(attempt(root, root)).toBe(".");
    expect(attempt(root, "..x/...")).toBe("..x/...");
  });

  it("S8: a link inside the repository keeps its name, also when the root itself is reached by a link", async () => {
    const { root } = await setUp();
    expect(attempt(root, "inner/foo.py")).toBe("inner/foo.py");
    const away = await tree();
    await symlink(root, join(away, "alias"));
    const alias = join(away, "alias");
    expect(attempt(alias, join(alias, "src/foo.py"))).toBe("src/foo.py");
    expect(attempt(alias, join(root, "src/foo.py"))).toBe("src/foo.py");
    expect(attempt(root, join(alias, "src/foo.py"))).toBe("src/foo.py");
  });

  it("S7, S8: what leaves the repository is refused", async () => {
    const { root, outside } = await setUp();
    for (const path of ["..", "../x", "/etc/passwd", "src/../../x", outside, `${root}x`, "a\0b"]) {
      expect(attempt(root, path)).toBe("TP1005");
    }
    for (const link of [
      "outer",
      "outer/secret.txt",
      "outer/new",
      "src/leak.py",
      "dangling",
      "dangling/x",
      "loop",
    ]) {
      expect(attempt(root, link)).toBe("TP1005");
    }
  });

  it("S7: an accepted path never leads out, whatever it is made of", async () => {
    const { root } = await setUp();
    const part = fc.constantFrom(
      "..",
      ".",
      "",
      "src",
      "inner",
      "outer",
      "dangling",
      "leak.py",
      "deep",
      "new",
      "\\",
      "C:",
      "~",
      "\0",
      " ",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), fc.boolean(), (parts, absolute) => {
        const path = absolute ? join(root, ...parts) : parts.join("/");
        const accepted = attempt(root, path);
        if (accepted === "TP1005") return;
        expect(accepted).not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)|\0/);
        // The deepest part that exists is where it leads.
        let existing = join(root, accepted);
        for (;;) {
          try {
            expect(relative(root, realpathSync(existing))).not.toMatch(/^\.\.(?:\/|$)/);
            return;
          } catch (error) {
            if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
            existing = join(existing, "..");
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("toolPath", () => {
  it("S9: no path is taken for an option or an argument file", () => {
    expect(["src/foo", "@x", "-rf", "--", "./a", ".", "/abs", ".hidden", "..x"].map(toolPath)).toEqual([
      "./src/foo",
      "./@x",
      "./-rf",
      "./--",
      "./a",
      ".",
      "/abs",
      "./.hidden",
      "./..x",
    ]);
    fc.assert(fc.property(fc.string({ minLength: 1 }), (path) => /^[./]/.test(toolPath(path))));
  });
});
