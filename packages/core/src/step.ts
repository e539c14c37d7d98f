import type { StepCall } from "./ctx.ts";
import type { Fact } from "./facts.ts";
import type { ProbeAnswer } from "./deployer.ts";
import type { GateResult } from "./result.ts";
import type { Message } from "./session.ts";

/** What the work of a step gets from its engine. What it hands over is written together with the step's outcome. */
export interface StepIO {
  /** Names the effect of the step: the same for every attempt, in every engine. sha256, hexadecimal. */
  readonly key: string;
  /** Grows each time that a process takes the run over. */
  readonly epoch: number;
  /** From 1. */
  readonly attempt: number;
  evidence(result: GateResult): void;
  fact(component: string, fact: Fact): void;
  message(component: string, message: Message): void;
}

/** Does the work of steps. */
export interface StepExecutor {
  /** @returns the step's value, as JSON @throws why there is none: that is an outcome, too */
  execute(call: StepCall, input: unknown, io: StepIO): Promise<unknown>;
  /** Whether the effect of a guarded step was done. @throws when nobody can say */
  probe(call: StepCall, input: unknown, io: StepIO): Promise<ProbeAnswer<unknown>>;
  /** What a guarded step comes to when an operator says that its effect was done. */
  assume(call: StepCall, input: unknown, io: StepIO): Promise<unknown>;
}
