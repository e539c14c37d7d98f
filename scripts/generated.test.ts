import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedFiles } from "./generated.mts";
import { inRoot } from "./project.mjs";

it.each([...generatedFiles()])("%s is what `npm run generate` makes", (file, text) => {
  expect(readFileSync(inRoot(file), "utf8")).toBe(text);
});
