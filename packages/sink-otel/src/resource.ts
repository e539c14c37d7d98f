import manifest from "../package.json" with { type: "json" };
import { names } from "./attribute-names.ts";
import { attributes, type KeyValue } from "./otlp.ts";

/** What sends: name and version, repository and commit as the CI says them, and what the standard variables add. */
export function resource(env: Readonly<Record<string, string | undefined>>): {
  readonly attributes: readonly KeyValue[];
} {
  const repository = env["GITHUB_REPOSITORY"] ?? env["CI_PROJECT_PATH"];
  const server = env["GITHUB_SERVER_URL"] ?? env["CI_SERVER_URL"];
  const values: Record<string, string | undefined> = {
    [names.serviceName]: "towpath",
    [names.serviceVersion]: manifest.version,
    [names.repositoryName]: repository?.split("/").at(-1),
    [names.repositoryUrl]:
      repository === undefined || server === undefined ? undefined : `${server}/${repository}`,
    [names.headName]: env["GITHUB_REF_NAME"] ?? env["CI_COMMIT_REF_NAME"],
    [names.headRevision]: env["GITHUB_SHA"] ?? env["CI_COMMIT_SHA"],
  };
  for (const pair of (env["OTEL_RESOURCE_ATTRIBUTES"] ?? "").split(",")) {
    const at = pair.indexOf("=");
    if (at > 0) values[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim());
  }
  const service = env["OTEL_SERVICE_NAME"];
  if (service !== undefined && service !== "") values[names.serviceName] = service;
  return { attributes: attributes(values) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Who made the data. */
export const scope: { readonly name: string; readonly version: string } = {
  name: manifest.name,
  version: manifest.version,
};
