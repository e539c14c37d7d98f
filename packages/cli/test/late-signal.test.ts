import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";
import { voyage } from "./voyage.ts";

// A plugin that keeps the process alive after its run leaves time for a signal between the run and the end.
const lingers = `api.onClose(async () => {
  process.stderr.write("closing\\n");
  await new Promise((done) => setTimeout(done, 700));
});`;

describe("a signal after the run is over", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("changes nothing (%s)", async (signal) => {
    const { root } = await voyage({ setup: lingers });
    let sent = false;
    const { code } = await towpath(["run", "--component", "foo", "--target", "dev"], {
      cwd: root,
      onOutput: (text, kill) => {
        if (sent || !text.includes("closing")) return;
        sent = true;
        kill(signal);
      },
    });
    expect([sent, code]).toEqual([true, 0]);
  });
});
