import { isBreakage, type GateContext } from "@towpath/core";
import { expect, it } from "vitest";
import { runProof } from "./run-proof.ts";

it("asks for a pytest that it can talk to before it starts one", async () => {
  const kindWith = async (distributions: Readonly<Record<string, string>>): Promise<string> => {
    const ctx = { exec: () => Promise.reject(new Error("started")) } as unknown as GateContext;
    const request = {
      python: { command: "python", args: [], info: { name: "python", version: "3.11.7", via: "path" } },
      variables: {},
      root: "/nowhere",
      outDir: "/dev/null/nowhere",
      targets: [],
      properties: false,
    };
    const error: unknown = await runProof(ctx, { ...request, distributions }).catch(
      (reason: unknown) => reason,
    );
    return isBreakage(error) ? error.kind : "no breakage";
  };
  expect(await kindWith({})).toBe("tool-missing");
  expect(await kindWith({ pytest: "6.2.5" })).toBe("tool-version");
  expect(await kindWith({ pytest: "7.1.3" })).toBe("tool-version");
  expect(await kindWith({ pytest: "7.2.0" })).toBe("no breakage");
});
