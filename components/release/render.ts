/** Renders a release: everything that a host needs to run a version of an application, named by its content. */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { ComposeDocument } from "../compose/document.ts";
import { DeclarationError, Problems } from "../shared/problems.ts";
import { applyDefaults } from "./additions.ts";
import { environmentOf, fingerprint, renderEnvironment } from "./envFile.ts";
import { withHostFolders } from "./folders.ts";
import { renderManifest } from "./manifest.ts";
import type { Release, Stack } from "./model.ts";
import { renderRoute } from "./route.ts";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

export interface Transform {
  compose?: (document: ComposeDocument) => ComposeDocument;
  route?: (route: string) => string;
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

function compareServices(
  problems: Problems,
  before: ComposeDocument["services"],
  after: ComposeDocument["services"],
): void {
  for (const name of Object.keys(after).filter((added) => !Object.hasOwn(before, added))) {
    problems.add("transform.compose", name, "is a service that nobody would start; add it to the declaration instead");
  }
  for (const [name, { image = "" }] of Object.entries(before)) {
    const changed = after[name]?.image;
    if (!Object.hasOwn(after, name))
      problems.add(
        "transform.compose",
        name,
        "is missing in what it returns; leave it in, or take it out of the declaration",
      );
    else if (DIGEST.test(image) && !DIGEST.test(changed ?? "")) {
      problems.add(
        `transform.compose: services.${name}.image`,
        changed,
        `has no digest, so it could be another image tomorrow; leave the one that was given, or name it with its digest: "${image.replace(/:[^:]*$/, ":…")}"`,
      );
    }
  }
}

/** @throws DeclarationError for a document that the rollout would not deploy as it stands */
function checked(stack: Stack, before: ComposeDocument, after: ComposeDocument | undefined): ComposeDocument {
  const problems = new Problems(stack.application);
  const services: unknown = after?.services;
  if (typeof services === "object" && services !== null && !Array.isArray(services))
    compareServices(problems, before.services, after!.services);
  else
    problems.add(
      "transform.compose",
      after,
      "is no Compose document; return the one that it was given, with your changes",
    );
  if (problems.found.length > 0) throw new DeclarationError(problems.found.join("\n"));
  return after!;
}

function secretFiles(stack: Stack): Release["secretFiles"] {
  return Object.fromEntries(
    stack.secretFiles.map(({ name, owner }) => {
      const content = stack.secrets[name] ?? "";
      return [secretPath(stack, name, owner), { content, owner }];
    }),
  );
}

/** Below `secrets/` on the host; it changes with the content, so that a service is recreated when its secret changes. */
function secretPath(stack: Stack, name: string, owner: number): string {
  return `${fingerprint(`${name}\n${owner}\n${stack.secrets[name] ?? ""}`, stack.application)}/${name}`;
}

export function renderRelease(stack: Stack, transform: Transform = {}): Release {
  const paths = Object.fromEntries(
    stack.secretFiles.map(({ service, name, owner }) => [
      `${service} ${name}`,
      `${stack.directory}/secrets/${secretPath(stack, name, owner)}`,
    ]),
  );
  const applied = applyDefaults(stack, paths);
  const document = transform.compose
    ? withHostFolders(stack, checked(stack, applied, transform.compose(structuredClone(applied))))
    : applied;
  const environment = renderEnvironment(environmentOf(stack));
  const secrets = fingerprint(environment, stack.application);
  const route =
    stack.domains.length > 0 ? renderRoute(stack.application, stack.domains, stack.services, stack.hold) : undefined;
  const unnamed = {
    "compose.yaml": renderCompose(document),
    "manifest.json": renderManifest(stack, document, ""),
    ...(route === undefined ? {} : { "route.caddy": transform.route ? transform.route(route) : route }),
  };
  const id = createHash("sha256")
    .update(JSON.stringify([unnamed, secrets]))
    .digest("hex")
    .slice(0, 12);
  return {
    id,
    version: stack.version,
    files: { ...unnamed, ".env": environment, "manifest.json": renderManifest(stack, document, id) },
    secretFiles: secretFiles(stack),
  };
}
