import { Breakage } from "@towpath/core";
import { imageIn } from "./image.ts";
import type { Argv, EnvironmentOptions } from "./options.ts";
import { substitute, type Values } from "./placeholders.ts";
import type { Change, Recipe } from "./recipe.ts";
import { crash } from "./run-command.ts";
import { readAnswer } from "./target-state.ts";

/** The recipe of an environment whose commands are all written by hand. */
export function byHand({ probe = [], apply = [], rollback, remove, confirm }: EnvironmentOptions): Recipe {
  const fill = (commands: readonly Argv[], change: Change): readonly Argv[] =>
    commands.map((command) => substitute(command, valuesOf(change)));
  return {
    name: "command",
    needs: [],
    rollbackLeavesKey: true,
    reversible: rollback !== undefined,
    imageOf: (_release, _place, artifact) => imageIn(artifact),
    async read(ask, place) {
      const command = substitute(probe, { ...place });
      const ran = await ask(command);
      if (ran.code !== 0) throw crash(command, ran);
      return readAnswer(ran.stdout);
    },
    apply: async (change) => fill(apply, change),
    async rollback(change) {
      const commands = change.to === undefined ? remove : rollback;
      if (commands !== undefined) return fill(commands, change);
      const option = change.to === undefined ? "remove" : "rollback";
      const what = change.to === undefined ? "nothing to go back to" : "no way back";
      throw new Breakage("tool-config", {
        message: `${change.component} has ${what} in ${change.environment}, and no command \`${option}\``,
        fix: [`Set \`environments.${change.environment}.${option}\`.`],
      });
    },
    confirm: (change) => (confirm === undefined ? undefined : substitute(confirm, valuesOf(change))),
  };
}

/** What the placeholders of a change stand for; what there is none of is empty. */
export function valuesOf(change: Change): Values {
  const { environment, component, key, run, epoch, release, previous } = change;
  return {
    environment,
    component,
    key,
    run,
    epoch,
    digest: release.digest,
    file: release.file,
    image: release.image ?? "",
    previous: previous?.digest ?? "",
    previousImage: previous?.image ?? "",
  };
}
