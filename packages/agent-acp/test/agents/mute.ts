import { createInterface } from "node:readline";

/** Does not keep to the protocol, in the way that its argument names. */
const wrong = process.argv[2];

let hasKey = false;

const answer = (id: unknown, result: unknown): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
};
const fail = (id: unknown, code: number, message: string): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } })}\n`);
};

if (wrong === "banner") process.stdout.write("Welcome to the agent!\n\n");
if (wrong === "chatter")
  for (let count = 0; count < 500; count++) process.stdout.write(`line ${count} of {"\n`);
if (wrong === "endless-line") setInterval(() => process.stdout.write("x".repeat(1 << 20)), 1);
const stays = setInterval(() => {}, 1000);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { id, method, params } = JSON.parse(line) as {
    id: number;
    method: string;
    params: { methodId?: string };
  };
  if (wrong === "silent" || wrong === "chatter" || wrong === "endless-line") return;
  if (method === "initialize") {
    const authMethods = [
      { id: "person", name: "By hand" },
      { id: "by-key", name: "Key", _meta: { "api-key": { provider: "test" } } },
    ];
    answer(id, { protocolVersion: wrong === "version" ? 2 : 1, authMethods });
  } else if (method === "authenticate" && params.methodId === "by-key") {
    hasKey = process.env["API_KEY"] !== undefined;
    answer(id, {});
  } else if (method === "session/new" && wrong === "login" && !hasKey)
    fail(id, -32_000, "Authentication required");
  else if (method === "session/new" && wrong === "garbage") answer(id, { sessionId: 7 });
  else if (method === "session/new") answer(id, { sessionId: "s" });
  else if (method === "session/prompt") {
    process.stdout.write(`{"jsonrpc": "2.0", "method": "session/upd\n[1, 2]\n"text"\n\u0000\n`);
    process.stdout.write(
      `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"nonsense"}}}\n`,
    );
    process.stdout.write(`{"jsonrpc":"2.0","id":99,"method":"no/such/method","params":{}}\n`);
    answer(id, { stopReason: "end_turn" });
  }
});

if (wrong === "leaves") {
  clearInterval(stays);
  lines.close();
  process.stdin.destroy();
}
