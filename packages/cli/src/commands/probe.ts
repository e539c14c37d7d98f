/** The flags of `probe`. */
export interface ProbeFlags {
  readonly component?: string;
  readonly environment: string;
  readonly for?: string;
  readonly once?: boolean;
}
import type { GlobalOptions } from "../global-options.ts";
export async function probe(_: ProbeFlags, __: GlobalOptions): Promise<number> {
  return 3;
}
