import { writeFileSync } from "node:fs";
import { generatedFiles } from "./generated.mts";
import { inRoot } from "./project.mjs";

for (const [file, text] of generatedFiles()) {
  writeFileSync(inRoot(file), text);
  console.log(file);
}
