/**
 * Image references, by the grammar of the OCI distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests)
 * and Docker's rules for what a short name stands for
 * (https://github.com/distribution/reference/blob/v0.6.0/normalize.go).
 */

import { defined } from "../shared/records.ts";

/** A reference taken apart. `registry` and `repository` are always complete: `caddy` is docker.io and library/caddy. */
export interface Reference {
  registry: string;
  repository: string;
  tag?: string;
  digest?: string;
}

export const REGISTRY = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/;
const NAME_LIMIT = 255;

export const isTag = (text: string): boolean => TAG.test(text);
export const isDigest = (text: string): boolean => DIGEST.test(text);
export const isRegistry = (text: string): boolean => REGISTRY.test(text);

/** `index.docker.io` and `registry-1.docker.io` are other names of `docker.io`. */
export function canonicalRegistry(registry: string): string {
  const host = registry.toLowerCase();
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}

function split(text: string): Reference {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]|[A-Z]/.test(first) || first === "localhost";
  const registry = isHost ? canonicalRegistry(first) : "docker.io";
  const rest = isHost ? name.slice(slash + 1) : name;
  return {
    registry,
    repository: registry === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest,
    ...defined({ tag: hasTag ? named.slice(colon + 1) : undefined, digest }),
  };
}

/** The registry that an image comes from: `docker.io` for short names. Judges nothing. */
export const registryOf = (text: string): string => split(text).registry;

/** What is wrong with a reference, to be put after its value; undefined if nothing is. */
export function referenceProblem(text: string): string | undefined {
  const parts = split(text);
  if (!REGISTRY.test(parts.registry))
    return 'has no valid registry name; write host[:port]/repository, for example "ghcr.io/me/shop"';
  if (/[A-Z]/.test(parts.repository))
    return `has capital letters in its repository; write it in lowercase: "${text.toLowerCase()}"`;
  if (!REPOSITORY.test(parts.repository))
    return 'is not an image reference; write host[:port]/repository[:tag], for example "ghcr.io/me/shop:1.4.0"';
  if (`${parts.registry}/${parts.repository}`.length > NAME_LIMIT)
    return `is longer than the ${NAME_LIMIT} characters an image name may have`;
  if (parts.tag !== undefined && !TAG.test(parts.tag))
    return "has no valid tag; a tag has up to 128 letters, digits, '_', '.' and '-', and does not start with '.' or '-'";
  if (parts.digest !== undefined && !DIGEST.test(parts.digest))
    return "has no valid digest; write @sha256: and 64 hexadecimal digits";
  return undefined;
}

/** What keeps a text from being a repository without tag and digest; undefined if nothing does. */
export function repositoryProblem(text: string): string | undefined {
  const problem = referenceProblem(text);
  if (problem) return problem;
  const { tag, digest } = split(text);
  if (digest !== undefined) return "carries a digest; write the repository alone, the version chooses the image";
  if (tag !== undefined) return "carries a tag; write the repository alone, and the tag as the version";
  return undefined;
}

/**
 * Takes a reference apart and completes it.
 * @throws Error naming the value and the way out, if it is not a reference.
 */
export function parseReference(text: string): Reference {
  const problem = referenceProblem(text);
  if (problem) throw new Error(`${JSON.stringify(text)} ${problem}`);
  return split(text);
}

/** The complete name: `docker.io/library/caddy:2.11.9`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/**
 * The complete name of exactly one image: `ghcr.io/me/shop@sha256:…`; a tag is dropped, as it may move.
 * @throws Error if the digest is not one.
 */
export function pin(reference: Reference | string, digest: string): string {
  const { registry, repository } = typeof reference === "string" ? parseReference(reference) : reference;
  if (!DIGEST.test(digest))
    throw new Error(`${JSON.stringify(digest)} is not a digest; it has the form sha256: and 64 hexadecimal digits`);
  return formatReference({ registry, repository, digest });
}
