import { gateSuite } from "@towpath/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { deployedAt } from "../test/deployed-at.ts";
import { serve } from "../test/serve.ts";
import performanceGate from "./index.ts";

const good = await serve((_, response) => response.end("ok"));
const bad = await serve((_, response) => response.writeHead(500).end());
afterAll(() => Promise.all([good.close(), bad.close()]));

const files = { "src/foo/a.py": "X = 1\n" };

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: performanceGate,
    cases: [
      {
        gate: "performance",
        plugin: () => performanceGate({ requests: [{ path: "/" }], amount: 200 }),
        target: "production",
        clean: files,
        journal: () => deployedAt(good.url),
        dirty: { files, journal: () => deployedAt(bad.url) },
        off: { processes: "it sends the requests itself", "no input": "it looks at what staging runs" },
      },
    ],
  },
);
