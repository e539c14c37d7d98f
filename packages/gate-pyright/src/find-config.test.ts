import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { findConfig } from "./find-config.ts";

const configured = '[project]\nname = "foo"\n\n[tool.pyright]\nstrict = ["src"]\n';
const plain = '[project]\nname = "foo"\ndescription = "not [tool.pyright]"\n';

async function found(files: Record<string, string>): Promise<string | undefined> {
  const { root } = await project({ "services/foo/src/foo/a.py": "", ...files });
  return (await findConfig(root, join(root, "services/foo/src/foo")))?.slice(root.length + 1);
}

it("takes the nearest pyrightconfig.json", async () => {
  const files = { "services/foo/pyrightconfig.json": "{}", "pyrightconfig.json": "{}" };
  expect(await found(files)).toBe("services/foo/pyrightconfig.json");
});

it("takes the nearest pyproject.toml that configures pyright", async () => {
  const files = {
    "services/foo/pyproject.toml": plain,
    "services/pyproject.toml": configured,
    "pyproject.toml": configured,
  };
  expect(await found(files)).toBe("services/pyproject.toml");
});

it("prefers a farther pyrightconfig.json to a nearer pyproject.toml, as pyright does", async () => {
  const files = { "services/foo/pyproject.toml": configured, "pyrightconfig.json": "{}" };
  expect(await found(files)).toBe("pyrightconfig.json");
});

it("finds nothing where nothing configures pyright", async () => {
  expect(await found({ "pyproject.toml": plain })).toBeUndefined();
});

it("starts at a file as well as at a folder", async () => {
  const { root } = await project({ "a.py": "", "pyrightconfig.json": "{}" });
  expect(await findConfig(root, join(root, "a.py"))).toBe(join(root, "pyrightconfig.json"));
  expect(await findConfig(root, root)).toBe(join(root, "pyrightconfig.json"));
});

it("refuses a configuration beyond the repository, unless the repository has its own", async () => {
  const { root, write } = await project({ "pyproject.toml": configured });
  const repository = join(root, "repository");
  await mkdir(repository);
  const refused = expect.objectContaining({ kind: "tool-config" });
  await expect(findConfig(repository, repository)).rejects.toEqual(refused);
  await write("repository/pyrightconfig.json", "{}");
  expect(await findConfig(repository, repository)).toBe(join(repository, "pyrightconfig.json"));
});
