import { createKernel } from "@towpath/core";
import { expect, it } from "vitest";
import retrieverLocal from "./index.ts";

it("registers the retriever `local`", async () => {
  const kernel = createKernel();
  await kernel.use(retrieverLocal());
  expect([...kernel.retrievers.keys()]).toEqual(["local"]);
});

it("refuses options, as it has none", async () => {
  // @ts-expect-error -- there is no such option
  const plugin = retrieverLocal({ paths: ["src"] });
  expect(await plugin.validate()).toMatchObject({ ok: false });
});
