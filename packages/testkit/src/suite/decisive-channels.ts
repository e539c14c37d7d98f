import type { Lab, Trial } from "./lab.ts";
import { channelsOf, contentOf, withContent, type Channel, type RecordedCall } from "./recorded-call.ts";

/** A channel of a call on which the verdict hangs. */
export interface DecisiveChannel {
  readonly call: RecordedCall;
  readonly channel: Channel;
}

/** The channels without which the gate is no longer sure: those that carry its report. */
export async function decisiveChannels(lab: Lab, trial: Trial): Promise<readonly DecisiveChannel[]> {
  const decisive: DecisiveChannel[] = [];
  for (const call of trial.calls.filter(({ probe }) => !probe)) {
    for (const channel of channelsOf(call)) {
      if (contentOf(call, channel).length === 0) continue;
      const nothing = new Uint8Array();
      const { verdict } = await lab.replay(trial, (other) =>
        other === call ? withContent(other, channel, nothing) : other,
      );
      if (verdict === "errored") decisive.push({ call, channel });
    }
  }
  return decisive;
}
