import type { RequestPermissionRequest, RequestPermissionResponse } from "@agentclientprotocol/sdk";

/** The kinds of work that only change files. */
const edits: ReadonlySet<string> = new Set(["edit", "delete", "move"]);

/** What is known of a tool call from what the agent told of it. */
export interface KnownCall {
  readonly kind?: string | null | undefined;
  readonly locations?: readonly { readonly path: string }[] | null | undefined;
  readonly content?:
    | readonly { readonly type: string; readonly path?: string | undefined }[]
    | null
    | undefined;
}

/**
 * Answers an agent that asks whether it may do something: edits whose every place it may write to are allowed, once;
 * everything else is rejected.
 * @param known what was told of the call before
 * @param mayWrite whether a path, as the agent writes it, is one that it may write
 */
export function answerPermission(
  { toolCall, options }: RequestPermissionRequest,
  known: KnownCall | undefined,
  mayWrite: (path: string) => boolean,
): RequestPermissionResponse {
  const kind = toolCall.kind ?? known?.kind;
  const places = [toolCall, known ?? {}].flatMap(placesOf);
  const allowed =
    typeof kind === "string" &&
    edits.has(kind) &&
    places.length > 0 &&
    places.every((path) => mayWrite(path));
  const wanted = allowed ? ["allow_once"] : ["reject_once", "reject_always"];
  const option = wanted.flatMap((one) => options.filter((offered) => offered.kind === one)).at(0);
  return option === undefined
    ? { outcome: { outcome: "cancelled" } }
    : { outcome: { outcome: "selected", optionId: option.optionId } };
}

function placesOf({ locations, content }: KnownCall): string[] {
  return [
    ...(locations ?? []).map(({ path }) => path),
    ...(content ?? []).flatMap((part) => (part.type === "diff" ? [part.path ?? ""] : [])),
  ];
}
