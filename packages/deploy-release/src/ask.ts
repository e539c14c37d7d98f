/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Longest wait for one answer in milliseconds. */
const limitMs = 2_000;
const mostBytes = 64 * 1024;

/**
 * Asks a service on this host, each time by a connection of its own, so that the one that listens now answers.
 * @returns the answer, or in words why there is none
 */
export async function ask(port: number, path: string, signal: AbortSignal): Promise<Answer | string> {
  // Loaded here: it is much to load for the many commands that ask nobody.
  const { get } = await import("node:http");
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    const refuse = (error: Error): void =>
      resolve(error.name === "AbortError" ? `no answer within ${limitMs} ms` : `no answer: ${error.message}`);
    const request = get({ host: "127.0.0.1", port, path, agent: false, signal: limit }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > mostBytes) request.destroy(new Error(`more than ${mostBytes} bytes`));
      });
      response.on("error", refuse);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on("error", refuse);
  });
}
