import { definePlugin, environments, type PluginFactory } from "@towpath/core";
import { byHand } from "./by-hand.ts";
import { commandBuilder } from "./command-builder.ts";
import { commandDeployer } from "./command-deployer.ts";
import { compose } from "./compose.ts";
import { helm } from "./helm.ts";
import { kubectl } from "./kubectl.ts";
import { type DeployCommandUserOptions, type EnvironmentOptions, options } from "./options.ts";
import type { Recipe } from "./recipe.ts";

export type { DeployCommandUserOptions, EnvironmentUserOptions } from "./options.ts";

/**
 * Deploys with command line tools: Docker Compose, kubectl, Helm, or commands of your own.
 * @example export default defineConfig({ plugins: [deployCommand({ environments: { staging: { helm: { namespace: "shop", release: "shop" } } } })] });
 */
const deployCommand: PluginFactory<DeployCommandUserOptions> = definePlugin({
  name: "@towpath/deploy-command",
  options,
  setup(api, checked) {
    if (checked.build !== undefined) api.builder(commandBuilder(checked.build));
    for (const environment of environments) {
      const written = checked.environments[environment];
      if (written !== undefined) api.deployer(environment, commandDeployer(recipeOf(written), written));
    }
  },
});
export default deployCommand;

function recipeOf(written: EnvironmentOptions): Recipe {
  if (written.compose !== undefined) return compose(written.compose);
  if (written.kubectl !== undefined) return kubectl(written.kubectl);
  if (written.helm !== undefined) return helm(written.helm, written.timeoutMs);
  return byHand(written);
}
