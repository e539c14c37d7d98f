import { join } from "node:path";
import type { GateResult } from "@towpath/core";
import { fakeTool, project, pythonEnv, runGate } from "@towpath/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Behaviour, type OsvService, startOsvService } from "../test/osv-service.ts";
import security, { type DependenciesUserOptions } from "./index.ts";

const code = { "src/foo/a.py": "", "tests/test_a.py": "" };
const pinned = "# pinned\nrequests==2.31.0\nJinja2==2.4.1\n";

type Project = Awaited<ReturnType<typeof project>>;

describe("dependencies", () => {
  let env: Record<string, string | undefined> = {};
  let python = "";
  let service: OsvService;
  beforeAll(async () => {
    ({ env, python } = await pythonEnv());
    service = await startOsvService();
  });
  afterAll(() => service.close());

  const check = (at: Project, options: DependenciesUserOptions, setup: object = {}): Promise<GateResult> => {
    const dependencies = { service: "osv" as const, osvUrl: service.url, timeoutSeconds: 1, ...options };
    return runGate(security({ dependencies }), "dependencies", { root: at.root, env, ...setup });
  };
  const checkRequirements = async (behaviour: Behaviour, text: string = pinned): Promise<GateResult> => {
    service.behaviour = behaviour;
    const at = await project({ ...code, "requirements.txt": text });
    return check(at, { requirements: ["requirements.txt"] });
  };

  it("passes when the service knows nothing against the dependencies", async () => {
    expect(await checkRequirements("clean")).toMatchObject({
      verdict: "passed",
      candidates: 2,
      checked: 2,
      measurements: [{ name: "known vulnerabilities", value: 0, threshold: 0 }],
      tool: { name: "pip-audit" },
    });
  });

  it("fails on a known vulnerability, with the place and the version that mends it", async () => {
    const result = await checkRequirements("vulnerable");
    expect(result).toMatchObject({
      verdict: "failed",
      findings: [
        {
          rule: "PYSEC-2021-66",
          level: "error",
          file: "requirements.txt",
          range: { startLine: 3 },
          fix: { kind: "text", text: "Upgrade jinja2 to 2.11.3." },
        },
      ],
    });
    expect(result.findings[0]?.message).toBe(
      "jinja2 2.4.1 has the known vulnerability PYSEC-2021-66 (CVE-2020-28493): ReDoS in jinja2",
    );
  });

  it.each(["hang", "reset", "500", "garbage"] as const)(
    "a service that answers with %s is no pass",
    async (behaviour) => {
      expect(await checkRequirements(behaviour)).toMatchObject({
        verdict: "errored",
        error: { kind: "network" },
      });
    },
  );

  it("a service that nobody runs is no pass", async () => {
    const gone = await startOsvService();
    gone.close();
    const at = await project({ ...code, "requirements.txt": pinned });
    expect(await check(at, { requirements: ["requirements.txt"], osvUrl: gone.url })).toMatchObject({
      verdict: "errored",
      error: { kind: "network" },
    });
  });

  it("shows an answer that pip-audit could not judge", async () => {
    const result = await checkRequirements("undecided");
    expect(result.verdict).toBe("warned");
    expect(result.warnings.join()).toContain("X-1");
  });

  it("shows dependencies that were not audited, and does not count them", async () => {
    const result = await checkRequirements("clean", `${pinned}mine @ https://example.org/mine.zip\n`);
    expect(result).toMatchObject({ verdict: "warned", candidates: 3, checked: 2 });
    expect(result.warnings.join()).toContain("mine was not audited");
  });

  it.each(["# nothing\n", "mine @ https://example.org/mine.zip\n"])("does not pass on %j", async (text) => {
    expect(await checkRequirements("clean", text)).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });

  it("does not pass on requirements that are not pinned", async () => {
    const result = await checkRequirements("clean", "jinja2>=2\n");
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
    expect(result.error?.why).toContain("jinja2 is not pinned");
  });

  it("does not pass when a file of requirements is missing", async () => {
    expect(await check(await project(code), { requirements: ["gone.txt"] })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });

  it("audits what is installed in the component's environment", async () => {
    service.behaviour = "clean";
    const result = await check(await project(code), {}, { component: { python } });
    expect(result.verdict).toBe("passed");
    expect(result.checked).toBeGreaterThan(5);
  });

  it("S6: does not import pip from the checked tree", async () => {
    service.behaviour = "clean";
    const at = await project({
      ...code,
      "pip.py": "raise SystemExit(9)\n",
      "json.py": "raise SystemExit(9)\n",
    });
    expect((await check(at, {}, { component: { python } })).verdict).toBe("passed");
  });

  it("does not take the Python on PATH for the component's environment", async () => {
    const at = await project(code);
    const bin = join(at.root, "..", "bin");
    await fakeTool(bin, "python3", { version: "Python 3.12.1" });
    expect(await check(at, {}, { env: { PATH: `${bin}:/usr/bin:/bin` } })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });

  it("a crash without a report is a crash", async () => {
    const at = await project({ ...code, "requirements.txt": pinned });
    const command = await fakeTool(join(at.root, "bin"), "pip-audit", {
      version: "pip-audit 2.10.1",
      exit: 1,
    });
    expect(await check(at, { requirements: ["requirements.txt"], command })).toMatchObject({
      verdict: "errored",
      error: { kind: "tool-crash" },
    });
  });

  it("success without a report is no pass", async () => {
    const at = await project({ ...code, "requirements.txt": pinned });
    const command = await fakeTool(join(at.root, "bin"), "pip-audit", {
      version: "pip-audit 2.10.1",
      exit: 0,
    });
    expect(await check(at, { requirements: ["requirements.txt"], command })).toMatchObject({
      verdict: "errored",
      error: { kind: "parse" },
    });
  });
});
