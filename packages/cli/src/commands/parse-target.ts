import { stages, TowpathError, type StageName, type Target } from "@towpath/core";

const words: Readonly<Record<string, Target>> = {
  dev: "dev",
  development: "dev",
  stage: "staging",
  staging: "staging",
  prod: "production",
  production: "production",
};

/**
 * The target of a word; `development`, `stage` and `prod` are accepted too, in any case.
 * @throws {TowpathError} TP1001
 */
export function parseTarget(word: string): Target {
  const lower = word.toLowerCase();
  const target = Object.hasOwn(words, lower) ? words[lower] : undefined;
  if (target) return target;
  throw new TowpathError("TP1001", {
    message: `there is no target ${JSON.stringify(word.slice(0, 80))}`,
    fix: ["Targets: dev, staging, production"],
  });
}

/**
 * The stage of a word.
 * @throws {TowpathError} TP1001
 */
export function parseStage(word: string): StageName {
  const stage = stages.find((row) => row.name === word.toLowerCase());
  if (stage) return stage.name;
  throw new TowpathError("TP1001", {
    message: `there is no stage ${JSON.stringify(word.slice(0, 80))}`,
    fix: [`Stages: ${stages.map((row) => row.name).join(", ")}`],
  });
}
