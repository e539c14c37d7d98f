import { expect, it } from "vitest";
import { leadToProduction } from "./journey.mjs";

it("the example goes through all six stages to production, and a bad release is rolled back by itself", async () => {
  const titles: string[] = [];
  await leadToProduction((title) => void titles.push(title), "none");
  expect(titles.at(-1)).toMatch(/^Both environments answer with the good release [0-9a-f]{12}\.$/);
}, 600_000);
