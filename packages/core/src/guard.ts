import { isBreakage } from "./breakage.ts";
import { isTowpathError, TowpathError } from "./errors.ts";

/** What the guard shares between all hooks of a kernel. */
export interface GuardState {
  /** Name of the plugin that is being set up: plugins are set up one after the other. */
  settingUp: string | undefined;
  /** Set when all plugins are set up: later taps are refused. */
  sealed: boolean;
  /** Calls that have not settled, by sequence number. */
  readonly pending: Map<number, string>;
  seq: number;
  /** Plugins that taps want to come before; checked when the kernel is sealed. */
  readonly before: { readonly plugin: string; readonly hook: string; readonly wanted: string }[];
  /** Limit of one tap's call in milliseconds. */
  readonly limitMs: number;
  warn(error: TowpathError): void;
}

interface Tap {
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- tapable's own type of a tap's function
  fn: Function;
  type: "sync" | "async" | "promise";
  name: string;
  before?: string;
}

/** What the guard needs of a tapable hook. */
export interface Tappable {
  readonly name: string | undefined;
  intercept(interceptor: { register?: (tap: Tap) => Tap }): void;
}

/**
 * Makes a hook safe for a gate tool. tapable alone can leave a call unsettled for ever when a tap throws, does not
 * await async `tap`s, and accepts taps at any time; Node then exits with 0. Every tap becomes a promise tap that
 * carries its plugin's name, is tracked while it runs, and must settle within the limit.
 * @param onError `collect` turns failures into warnings, for hooks that must not change the verdict
 */
export function guard<H extends Tappable>(
  hook: H,
  state: GuardState,
  onError: "throw" | "collect" = "throw",
): H {
  const hookName = hook.name ?? "hook";
  const register = (tap: Tap): Tap => {
    if (state.sealed) {
      throw new TowpathError("TP1303", { message: `${tap.name} tapped the hook ${hookName} after set-up` });
    }
    const plugin = state.settingUp ?? tap.name;
    for (const wanted of [tap.before ?? []].flat()) state.before.push({ plugin, hook: hookName, wanted });
    const call = async (...args: unknown[]): Promise<unknown> => {
      const id = state.seq++;
      state.pending.set(id, `(${plugin}) ${hookName}`);
      try {
        // To tapable `null` is an answer, which would keep those that come after from being asked.
        const answer = await withLimit(invoke(tap, args), state.limitMs, `${plugin}: the hook ${hookName}`);
        return answer ?? undefined;
      } catch (cause) {
        const error = pluginError(plugin, hookName, cause);
        if (onError === "throw") throw error;
        state.warn(error);
        return undefined;
      } finally {
        state.pending.delete(id);
      }
    };
    return { ...tap, name: plugin, type: "promise", fn: call };
  };
  hook.intercept({ register });
  return hook;
}

async function invoke(tap: Tap, args: readonly unknown[]): Promise<unknown> {
  if (tap.type !== "async") return tap.fn(...args);
  return new Promise((resolve, reject) => {
    tap.fn(...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value)));
  });
}

/**
 * Waits for a plugin's work, for a limited time. The limit alone does not keep the process alive.
 * @param limitMs limit in milliseconds
 * @param what the work's name, for the message
 * @throws {TowpathError} TP1302 at the limit, else what the work threw
 */
export async function withLimit<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new TowpathError("TP1302", { message: `${what} did not settle within ${limitMs / 1000} s` })),
      limitMs,
    );
    timer.unref();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function pluginError(plugin: string, hook: string, cause: unknown): TowpathError {
  if (isTowpathError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const why = isBreakage(cause) ? "The plugin could not do its part." : undefined;
  return new TowpathError("TP1301", {
    message: `${plugin} failed in the hook ${hook}: ${reason}`,
    ...(why === undefined ? {} : { why }),
    cause,
  });
}
