import { copyByHand } from "./store.ts";
import { say } from "./say.ts";

/** Copies a text, or shows it to be copied by hand where the browser forbids it. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    // Not allowed here: people can still mark it.
    copyByHand.value = text;
  }
}
