/** Which images run, and where they come from. */
import { canonicalRegistry, isRegistry, parseReference, referenceProblem } from "../../image/reference.ts";
import { z } from "../../shared/zod.ts";
import { textAt } from "../facts.ts";
import type { ServiceRule } from "../rule.ts";
import { isMoving, isPreRelease, tagOf } from "../tags.ts";

const movingTag: ServiceRule = {
  id: "moving-tag",
  subject: "application",
  severity: "medium",
  title: "Every image is named by a version",
  reason:
    'A tag like "latest" says nothing of what runs, and the next digest behind it may be another major version. One like "15" is fine: its digest is pinned, and changes only when somebody updates the pin.',
  remedy: 'write the version that is meant, like "redis:7"',
  known: ["compose-lint CL-0004", "CKV_DOCKER_7", "CKV_K8S_14", "hadolint DL3007", "OWASP Docker rule 13"],
  *service({ image }) {
    if (image !== undefined && isMoving(tagOf(image))) yield `image: ${image} has a tag that moves`;
  },
};

const unstableVersion: ServiceRule = {
  id: "unstable-version",
  subject: "application",
  severity: "high",
  title: "A protected environment runs no moving tag and no pre-release",
  reason: "What a protected environment runs has been released, and can be deployed again as it is.",
  remedy: "deploy a released version",
  known: ["compose-lint CL-0004", "CKV_K8S_14"],
  *service({ image, application }) {
    if (!application.protected || image === undefined) return;
    const tag = tagOf(image);
    if (isMoving(tag)) yield `image: ${image} has a tag that moves, and this environment is protected`;
    else if (isPreRelease(tag)) yield `image: ${image} is a pre-release, and this environment is protected`;
  },
};

const imageDigest: ServiceRule = {
  id: "image-digest",
  subject: "application",
  severity: "medium",
  title: "Every image runs by its digest",
  reason:
    "Behind a tag there may be another image tomorrow. Slipway puts the digest in; only a transform or a service that is not deployed can be without.",
  remedy: "name it with its digest, like redis:7@sha256:…",
  known: ["compose-lint CL-0019", "CKV_K8S_43", "OWASP Docker rule 13"],
  *service({ shown }) {
    const image = textAt(shown, "image");
    if (image !== undefined && !/@sha(?:256|512):/.test(image)) yield `image: ${image} has no digest`;
  },
};

/** What a place of images is, in settings. */
export const isPlace = (text: string): boolean => {
  const [host = ""] = text.split("/");
  return isRegistry(host) && (/[.:]/.test(host) || host === "localhost");
};

export const NO_PLACE = 'names no registry; write its host first, like "ghcr.io/anna"';

const registrySettings = z.object({
  registries: z
    .array(z.string().refine(isPlace, NO_PLACE))
    .default([])
    .describe('Registries, or parts of them, from which images may come: "ghcr.io/anna"; empty: all'),
});

/** Whole parts of the path: "ghcr.io/ann" does not allow "ghcr.io/anna". */
export function isFrom(image: string, allowed: string): boolean {
  if (referenceProblem(image) !== undefined) return false;
  const { registry, repository } = parseReference(image);
  const [host = "", ...rest] = allowed.replace(/\/+$/, "").split("/");
  const parts = [canonicalRegistry(host), ...rest];
  // The images of Docker itself are known without "library", too.
  const names = registry === "docker.io" ? [repository, repository.replace(/^library\//, "")] : [repository];
  return names.some((name) => `${registry}/${name}/`.startsWith(`${parts.join("/")}/`));
}

const registry: ServiceRule = {
  id: "registry",
  subject: "application",
  severity: "high",
  title: "Images come from the registries that are allowed",
  reason: "Whoever may push to a registry decides what runs.",
  remedy: "take it from one of them, or add its registry to slipway:policies.rules.registry.registries",
  known: ["CIS Docker 4.2", "OWASP Docker rule 13"],
  settings: registrySettings,
  *service({ shown, image: written }, given) {
    const { registries } = given as z.output<typeof registrySettings>;
    const image = written ?? textAt(shown, "image");
    if (registries.length > 0 && image !== undefined && !registries.some((allowed) => isFrom(image, allowed)))
      yield `image: ${image} is not from ${registries.join(", ")}`;
  },
};

export const IMAGE_RULES = [movingTag, unstableVersion, imageDigest, registry];
