import { definePlugin, type PluginFactory } from "@towpath/core";
import { options, type WebhookUserOptions } from "./options.ts";
import { webhookSink } from "./webhook-sink.ts";

export type { Topic, WebhookUserOptions } from "./options.ts";

/**
 * Tells a webhook of runs that are complete or failed, and of stages and gates that failed.
 * @example export default defineConfig({ plugins: [webhook({ urlFrom: "SLACK_WEBHOOK" })] });
 */
const webhook: PluginFactory<WebhookUserOptions> = definePlugin({
  name: "@towpath/sink-webhook",
  options,
  setup(api, checked) {
    api.sink(webhookSink(checked, { env: api.env, now: Date.now, fetch: globalThis.fetch }));
  },
});
export default webhook;
