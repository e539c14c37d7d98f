import { definePlugin, environments, type PluginFactory } from "@towpath/core";
import { options, type DeployReleaseUserOptions } from "./options.ts";
import { releaseDeployer } from "./release-deployer.ts";
import { wheelBuilder } from "./wheel-builder.ts";

export type { DeployReleaseUserOptions, SupervisorUserOptions, TargetUserOptions } from "./options.ts";

/**
 * Builds a wheel and deploys it as release folders on this host, with a health check, an atomic switch and rollback.
 * @example
 * export default defineConfig({
 *   plugins: [
 *     deployRelease({
 *       environments: {
 *         staging: { folder: ".deploy/staging", run: ["{python}", "-m", "foo", "--port", "{port}"], port: 8101 },
 *       },
 *     }),
 *   ],
 * });
 */
const deployRelease: PluginFactory<DeployReleaseUserOptions> = definePlugin({
  name: "@towpath/deploy-release",
  options,
  setup(api, checked) {
    if (checked.builder) api.builder(wheelBuilder);
    for (const environment of environments) {
      const target = checked.environments[environment];
      if (target !== undefined) api.deployer(environment, releaseDeployer(target));
    }
  },
});
export default deployRelease;
