/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Whether the body was longer than what is read of it. */
  readonly cut: boolean;
}

/** Why there is no answer. */
export interface HttpProblem {
  /** In words. */
  readonly problem: string;
  /** Name of the system's error, e.g. `ECONNREFUSED`. */
  readonly code?: string;
}

/** How a server is asked. */
export interface HttpRequest {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly mostBytes: number;
}

/**
 * Asks a server by a connection of its own, so that nothing is known of it but this answer. Redirects are not followed.
 * Never rejects.
 */
export async function httpGet(
  url: URL,
  { timeoutMs, signal, mostBytes }: HttpRequest,
): Promise<HttpAnswer | HttpProblem> {
  // Loaded here: it is much to load for the many commands that ask nobody.
  const { get } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const refuse = (error: NodeJS.ErrnoException): void =>
      resolve(
        error.name === "AbortError"
          ? { problem: `no answer within ${timeoutMs} ms` }
          : { problem: error.message, ...(error.code === undefined ? {} : { code: error.code }) },
      );
    const request = get(url, { agent: false, signal: limit }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const answer = (cut: boolean): void =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8", 0, mostBytes),
          cut,
        });
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= mostBytes) return;
        answer(true);
        request.destroy();
      });
      response.on("error", refuse);
      response.on("end", () => answer(false));
    });
    request.on("error", refuse);
  });
}
