import type { EnvironmentUserOptions } from "../src/index.ts";
import type { Bench, FakeProgram } from "./bench.ts";

/** What the fake target's file holds. */
export interface FakeTargetState {
  /** What it says when it is asked. */
  readonly holds: {
    readonly key?: string;
    readonly run?: string;
    readonly epoch?: number;
    readonly digest?: string;
    readonly health?: string;
  };
  /** What is wrong with it. */
  readonly trouble?: Trouble;
}

/** What can be wrong with a fake target. */
export type Trouble =
  | "probe-silent"
  | "probe-garbage"
  | "probe-fails"
  | "probe-hangs"
  | "apply-fails-before"
  | "apply-fails-after"
  | "apply-hangs-after"
  | "apply-does-nothing"
  | "refuses"
  | "refuses-after"
  | "unhealthy"
  | "verify-crashes"
  | "rollback-fails";

const script = `
  const [command, key, run, epoch, digest, file] = args;
  const { trouble } = state;
  const put = () => {
    state.holds = { key, run, epoch: Number(epoch), health: "healthy", ...(digest && { digest }) };
    save();
  };
  if (command === "probe") {
    if (trouble === "probe-silent") process.exit(0);
    if (trouble === "probe-garbage") { process.stdout.write("<html>502</html>"); process.exit(0); }
    if (trouble === "probe-fails") fail("connection refused");
    if (trouble === "probe-hangs") hang();
    else say(state.holds);
  } else if (command === "verify") {
    if (trouble === "unhealthy") fail("500 from /health", 3);
    if (trouble === "verify-crashes") fail("no route to host", 7);
  } else if (command === "apply") {
    if (trouble === "apply-fails-before") fail("disk full");
    const bad = readFileSync(file, "utf8").startsWith("bad ");
    if (bad || trouble === "refuses") fail("migration refused", 9);
    if (trouble !== "apply-does-nothing") put();
    if (trouble === "refuses-after") fail("migration refused", 9);
    if (trouble === "apply-fails-after") fail("connection reset");
    if (trouble === "apply-hangs-after") hang();
  } else {
    if (trouble === "rollback-fails") fail("cannot pull");
    put();
  }`;

/** Puts a target, to which a release whose artifact begins with `bad ` cannot be brought, on the bench that is changed and asked with the command `target`. */
export function fakeTarget(bench: Bench): Promise<FakeProgram> {
  const nothing: FakeTargetState = { holds: {} };
  return bench.program("target", script, nothing);
}

/** The options for a fake target, all by hand. */
export const fakeTargetOptions: EnvironmentUserOptions = {
  probe: ["target", "probe"],
  apply: [["target", "apply", "{key}", "{run}", "{epoch}", "{digest}", "{file}"]],
  verify: ["target", "verify", "{digest}"],
  rollback: [["target", "rollback", "{key}", "{run}", "{epoch}", "{previous}"]],
  remove: [["target", "remove", "{key}", "{run}", "{epoch}"]],
  exitCodes: { unhealthy: [3], refused: [9] },
  watch: { withinMs: 1_000, bakeMs: 0, everyMs: 1 },
  timeoutMs: 20_000,
};
