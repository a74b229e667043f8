/** Renders a release: everything that a host needs to run a version of an application, named by its content. */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { ComposeDocument } from "../application/spec.ts";
import { applyDefaults } from "./compose.ts";
import { environmentOf, fingerprint, renderEnvironment } from "./environment.ts";
import { renderManifest } from "./manifest.ts";
import type { Release, Stack } from "./model.ts";
import { renderRoute } from "./route.ts";

export interface Transform {
  compose?: (document: ComposeDocument) => ComposeDocument;
  route?: (route: string) => string;
}

export function renderCompose(document: ComposeDocument): string {
  // Text in quotes: what one YAML parser takes for text, another takes for a number or a date.
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
}

function secretFiles(stack: Stack): Release["secretFiles"] {
  return Object.fromEntries(stack.secretFiles.map(({ name, owner }) => {
    const content = stack.secrets[name] ?? "";
    return [secretPath(stack, name, owner), { content, owner }];
  }));
}

/** Below `secrets/` on the host; it changes with the content, so that a service is recreated when its secret changes. */
function secretPath(stack: Stack, name: string, owner: number): string {
  return `${fingerprint(`${name}\n${owner}\n${stack.secrets[name] ?? ""}`, stack.application)}/${name}`;
}

export function renderRelease(stack: Stack, transform: Transform = {}): Release {
  const paths = Object.fromEntries(stack.secretFiles.map(({ service, name, owner }) =>
    [`${service} ${name}`, `${stack.directory}/secrets/${secretPath(stack, name, owner)}`]));
  const applied = applyDefaults(stack, paths);
  const document = transform.compose ? transform.compose(applied) : applied;
  const environment = renderEnvironment(environmentOf(stack));
  const secrets = fingerprint(environment, stack.application);
  const route = stack.domains.length > 0 ? renderRoute(stack.application, stack.domains, stack.services, stack.hold) : undefined;
  const unnamed: Record<string, string> = {
    "compose.yaml": renderCompose(document),
    "manifest.json": renderManifest(stack, document, ""),
    ...(route === undefined ? {} : { "route.caddy": transform.route ? transform.route(route) : route }),
  };
  const id = createHash("sha256").update(JSON.stringify([unnamed, secrets])).digest("hex").slice(0, 12);
  return {
    id,
    version: stack.version,
    files: { ...unnamed, ".env": environment, "manifest.json": renderManifest(stack, document, id) },
    secretFiles: secretFiles(stack),
  };
}
