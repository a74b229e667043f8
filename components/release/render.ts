/** Renders a release: everything that a host needs to run a version of an application, named by its content. */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Route } from "../application/route.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { fingerprint } from "../shared/fingerprint.ts";
import { applyDefaults, type SecretMount } from "./additions.ts";
import { carriedSecrets, named, releaseFiles } from "./carried.ts";
import { environmentOf, renderEnvironment } from "./envFile.ts";
import { withHostFolders } from "./folders.ts";
import { withHookLabels } from "./hooks.ts";
import { withInlineFiles } from "./inline.ts";
import { renderManifest } from "./manifest.ts";
import type { Release, Stack } from "./model.ts";
import { loginFiles, routeOf } from "./route.ts";
import { transformed, transformedRoute } from "./transform.ts";

/** Functions of what they are given alone: each may be called several times. */
export interface Transform {
  compose?: (document: ComposeDocument) => ComposeDocument;
  route?: (route: Route) => Route;
}

export function renderCompose(document: ComposeDocument): string {
  // Text in quotes: what one YAML parser takes for text, another takes for a number or a date.
  return stringify(document, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: true,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  });
}

const secretFiles = (stack: Stack, mounts: SecretFile[]): Release["secretFiles"] =>
  Object.fromEntries(mounts.map(({ name, owner, below }) => [below, { content: stack.secrets[name] ?? "", owner }]));

interface SecretFile extends SecretMount {
  owner: number;
  /** Below `secrets/` on the host; it changes with the content, so that a service is recreated when its secret changes. */
  below: string;
}

function secretMounts(stack: Stack): SecretFile[] {
  return stack.secretFiles.map(({ service, name, owner }) => {
    const content = stack.secrets[name] ?? "";
    const below = `${fingerprint(`${name}\n${owner}\n${content}`, stack.application)}/${name}`;
    return { service, name, owner, below, path: `${stack.directory}/secrets/${below}` };
  });
}

export function renderRelease(given: Stack, transform: Transform = {}): Release {
  const inlined = withInlineFiles(given);
  const mounts = secretMounts(inlined);
  const applied = applyDefaults(inlined, mounts);
  const last = transform.compose ? withHostFolders(inlined, transformed(inlined, applied, transform.compose)) : applied;
  const document = withHookLabels(inlined, last);
  const compose = renderCompose(document);
  const stack = { ...inlined, carried: named(inlined.carried, compose) };
  const environment = renderEnvironment(environmentOf(stack));
  const secrets = fingerprint(environment, stack.application);
  const usual = routeOf(stack);
  const route = usual && transform.route ? transformedRoute(stack, usual, transform.route) : usual;
  const unnamed = {
    "compose.yaml": compose,
    "manifest.json": renderManifest(stack, document, route, ""),
  };
  const id = createHash("sha256")
    .update(JSON.stringify([unnamed, secrets]))
    .digest("hex")
    .slice(0, 12);
  return {
    id,
    version: stack.version,
    files: { ...unnamed, ".env": environment, "manifest.json": renderManifest(stack, document, route, id) },
    secretFiles: { ...secretFiles(stack, mounts), ...carriedSecrets(stack), ...loginFiles(stack) },
    ...releaseFiles(stack.carried.files),
  };
}
