import { describe, expect, it } from "vitest";
import deployRelease from "./index.ts";
import { options } from "./options.ts";

const staging = { folder: ".deploy/staging", run: ["{python}", "-m", "foo", "{port}"], port: 8101 };

describe("the options", () => {
  it("need little", () => {
    expect(options.parse({ environments: { staging } })).toEqual({
      environments: {
        staging: {
          ...staging,
          sparePort: 0,
          health: { path: "/health", successes: 3, intervalMs: 200, startMs: 10_000 },
          version: { path: "/version", field: "release" },
          drainMs: 5_000,
          bakeMs: 3_000,
          keep: 5,
          supervisor: "none",
          env: {},
          passEnv: [],
        },
      },
      builder: true,
    });
  });

  it.each([
    ["an unknown key", { environments: { staging: { ...staging, helth: {} } } }],
    ["an unknown environment", { environments: { qa: staging } }],
    ["no environment", { environments: {} }],
    ["an unknown placeholder", { environments: { staging: { ...staging, run: ["{pyton}"] } } }],
    ["a program without a name", { environments: { staging: { ...staging, run: [""] } } }],
    [
      "a variable of Towpath's own",
      { environments: { staging: { ...staging, env: { TOWPATH_RELEASE: "x" } } } },
    ],
    [
      "a unit that is a path",
      { environments: { staging: { ...staging, supervisor: { systemd: { unit: "../x" } } } } },
    ],
    [
      "one folder for two environments",
      { environments: { staging, production: { ...staging, port: 8102 } } },
    ],
    ["one port for two environments", { environments: { staging, production: { ...staging, folder: "b" } } }],
  ])("refuse %s", async (_, wrong) => {
    expect(options.safeParse(wrong).success).toBe(false);
    expect(await deployRelease(wrong as never).validate()).toMatchObject({ ok: false });
  });
});
