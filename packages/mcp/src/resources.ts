import {
  ResourceNotFoundError,
  ResourceTemplate,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";
import { runPattern, sessionPattern } from "./arguments.ts";
import type { Answer } from "./backend.ts";
import { commandLines } from "./command-lines.ts";
import { contextDocument } from "./context-documents.ts";
import { documentOf, runDocument, runsDocument } from "./documents.ts";
import { untrustedNote } from "./answer.ts";
import type { ServerParts } from "./server-parts.ts";
import { z } from "zod";

const mimeType = "application/json";

/** Registers the resources: documents of the command line, as they are. */
export function registerResources({ server, backend }: ServerParts): void {
  server.registerResource(
    "latest run",
    "towpath://runs/latest",
    { description: "The report of the last run.", mimeType },
    async (uri, { mcpReq: { signal } }) => {
      const listed = documentOf(runsDocument, await backend.call(commandLines.latestRun(), { signal }));
      const [last] = listed.runs;
      if (last === undefined) throw new ResourceNotFoundError(uri.href);
      return resource(uri, runDocument, await backend.call(commandLines.runResult(last.run), { signal }));
    },
  );
  server.registerResource(
    "run",
    new ResourceTemplate("towpath://runs/{id}/result", { list: undefined }),
    { description: "The report of a run.", mimeType },
    async (uri, { id }, { mcpReq: { signal } }) => {
      if (typeof id !== "string" || !runPattern.test(id)) throw new ResourceNotFoundError(uri.href);
      return resource(uri, runDocument, await backend.call(commandLines.runResult(id), { signal }));
    },
  );
  server.registerResource(
    "context",
    new ResourceTemplate("towpath://context/{session}", { list: undefined }),
    { description: "A session: what was decided and found about a component.", mimeType },
    async (uri, { session }, { mcpReq: { signal } }) => {
      if (typeof session !== "string" || !sessionPattern.test(session))
        throw new ResourceNotFoundError(uri.href);
      return resource(
        uri,
        contextDocument,
        await backend.call(commandLines.showContext(session), { signal }),
      );
    },
  );
  server.registerResource(
    "configuration",
    "towpath://config",
    { description: "The configuration of the project.", mimeType },
    async (uri, { mcpReq: { signal } }) =>
      resource(uri, configDocument, await backend.call(commandLines.config(), { signal })),
  );
}

const configDocument = z.object({ kind: z.literal("config") });

/** The whole document, once it is known to be one. */
function resource(uri: URL, schema: z.ZodType<unknown>, answered: Answer): ReadResourceResult {
  documentOf(schema, answered);
  const text = JSON.stringify({ untrusted: untrustedNote, document: answered.document });
  return { contents: [{ uri: uri.href, mimeType, text }] };
}
