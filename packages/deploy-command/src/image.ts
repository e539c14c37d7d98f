import { Breakage } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Place } from "./recipe.ts";
import { substitute } from "./placeholders.ts";

const reference = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** The reference by digest that an artifact holds, e.g. `registry.example.org/shop@sha256:3f…`, or `undefined`. */
export function imageIn(artifact: string | undefined): string | undefined {
  const text = artifact?.trim();
  return text !== undefined && reference.test(text) ? text : undefined;
}

/**
 * The image of a release: from the option, else from the artifact.
 * @throws {Breakage} `tool-config`
 */
export function imageFor(
  template: string | undefined,
  { digest }: { readonly digest: string },
  { environment, component }: Place,
  artifact: string | undefined,
): string {
  if (template !== undefined)
    return substitute([template], { digest, environment, component })[0] ?? template;
  const image = imageIn(artifact);
  if (image !== undefined) return image;
  throw new Breakage("tool-config", {
    message: "the artifact does not name an image",
    why:
      artifact === undefined
        ? "It is not a short text."
        : `It must hold one reference by digest, <name>@sha256:<digest>, and holds: ${excerpt(artifact, 200)}`,
    fix: ["Let the build write the pushed image's reference into the artifact, or set the option `image`."],
  });
}
