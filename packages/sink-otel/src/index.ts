import { definePlugin, type PluginFactory } from "@towpath/core";
import { options, type OtelUserOptions } from "./options.ts";
import { otelSink } from "./otel-sink.ts";
import { traceOf } from "./trace-ids.ts";

export type { OtelUserOptions, Signal } from "./options.ts";

/**
 * Sends runs to OpenTelemetry. Tools are started with TRACEPARENT, so that what they send themselves hangs below them.
 * @example export default defineConfig({ plugins: [otel({ endpoint: "http://localhost:4318" })] });
 */
const otel: PluginFactory<OtelUserOptions | undefined> = definePlugin({
  name: "@towpath/sink-otel",
  options,
  setup(api, checked) {
    if (api.env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return;
    api.sink(otelSink(checked, { env: api.env, fetch: globalThis.fetch }));
    api.hooks.toolEnv.tapPromise("@towpath/sink-otel", async (env, { run, call }) => {
      const { traceId } = traceOf(run, api.env["TRACEPARENT"]);
      return { ...env, TRACEPARENT: `00-${traceId}-${call}-01` };
    });
  },
});
export default otel;
