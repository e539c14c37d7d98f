import type { Clock } from "./host.ts";
import type { Journal, StoredEvent } from "./journal.ts";
import type { Kernel } from "./kernel.ts";
import type { Past, Sink, Taken } from "./sink.ts";

/**
 * Brings to every sink what it has not taken yet, batch by batch, so that memory stays bounded however long it was down.
 * A sink that fails keeps its place and is tried again after the next run; nothing that it does changes a verdict.
 */
export async function deliver(kernel: Kernel, journal: Journal, clock: Clock): Promise<void> {
  const warn = (message: string): void => kernel.bus.emit("warning", { message });
  const past = pastOf(journal);
  await Promise.all(
    [...kernel.sinks.values()].map(async (sink) => {
      try {
        await deliverTo(sink, past, { journal, clock, warn });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        warn(`the sink ${sink.name} took nothing: ${reason}`);
      }
    }),
  );
}

async function deliverTo(
  sink: Sink,
  past: Past,
  {
    journal,
    clock,
    warn,
  }: { readonly journal: Journal; readonly clock: Clock; readonly warn: (message: string) => void },
): Promise<void> {
  const { batch = 200, timeoutMs = 2_000 } = sink;
  const until = clock.monotonic() + timeoutMs;
  for (;;) {
    const events = journal.events({ after: journal.cursor(sink.name), limit: batch });
    const last = events.at(-1);
    if (last === undefined) return;
    const left = until - clock.monotonic();
    if (left <= 0) throw new Error(`it was not done within ${timeoutMs / 1000} s; the rest follows later`);
    const taken = await withTimeout(sink, events, past, left);
    if (taken) warn(`the sink ${sink.name} lost something: ${taken.lost}`);
    journal.advance(sink.name, last.position);
  }
}

/** What is on record, with the events of one run at hand: batch after batch asks for the same one. */
function pastOf(journal: Journal): Past {
  let kept: { readonly run: string; readonly events: readonly StoredEvent[] } | undefined;
  return {
    run: (id) => journal.run(id),
    events(run) {
      const known = kept?.run === run ? kept.events : [];
      const more = journal.events({ run, after: known.at(-1)?.position ?? 0 });
      kept = { run, events: more.length === 0 ? known : [...known, ...more] };
      return kept.events;
    },
  };
}

async function withTimeout(
  sink: Sink,
  events: Parameters<Sink["deliver"]>[0],
  past: Past,
  ms: number,
): Promise<Taken | void> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      stop.abort();
      reject(new Error(`it did not answer within ${Math.round(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([sink.deliver(events, stop.signal, past), late]);
  } finally {
    clearTimeout(timer);
  }
}
