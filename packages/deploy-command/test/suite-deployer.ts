import type { Deployer } from "@towpath/core";
import { byHand } from "../src/by-hand.ts";
import { commandDeployer } from "../src/command-deployer.ts";
import { fakeTargetOptions } from "./fake-target.ts";
import { options } from "../src/options.ts";

/** The deployer for a fake target, in this or another process. */
export function suiteDeployer(): Deployer {
  const { staging } = options.parse({ environments: { staging: fakeTargetOptions } }).environments;
  if (staging === undefined) throw new Error("the options have no staging");
  return commandDeployer(byHand(staging), staging);
}
