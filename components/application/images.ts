/** Which image each service runs: the application's own in its version, or the one that is written for it. */

import { interpolate } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { formatReference, parseReference, referenceProblem } from "../image/reference.ts";
import type { Problems } from "../shared/problems.ts";
import { composeName } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { ApplicationPlan, PlanContext } from "./model.ts";
import { runsOnce } from "./once.ts";
import { isAccessory, isOwnImage } from "./ownership.ts";

export interface Images {
  /** Names of the application's own services. */
  own: string[];
  /** Names of those that run to their end. */
  once: string[];
  requests: ApplicationPlan["images"];
  imageOf: ApplicationPlan["imageOf"];
  /** The services, with the digest that is written for them. */
  services: Record<string, ComposeService>;
}

export function imagesOf(
  problems: Problems,
  spec: ApplicationSpec,
  context: PlanContext,
  parsed: ComposeDocument,
  variables: Record<string, string>,
): Images {
  const repository = context.settings.image ?? spec.image;
  const found: Images = { own: [], once: [], requests: {}, imageOf: {}, services: { ...parsed.services } };
  for (const [name, service] of Object.entries(parsed.services)) {
    const hint = spec.services?.[name];
    const override = context.settings.images[name];
    const named = hint?.image ?? service.image;
    const declared = named === undefined ? undefined : interpolate(named, variables);
    const written = override ?? declared;
    const wrong = written === undefined ? undefined : referenceProblem(written);
    if (wrong !== undefined) {
      problems.add(`services.${name}.image`, written, wrong);
      continue;
    }
    if (runsOnce(name, hint ?? {}, parsed.services)) found.once.push(name);
    else if (!isAccessory(spec, hint ?? {}, declared)) found.own.push(name);
    const reference = written === undefined ? undefined : parseReference(written);
    const mine = isOwnImage(spec, written) && (override === undefined || reference?.digest === undefined);
    if (mine && repository === undefined)
      problems.add("image", null, `is needed by the service ${name}; write the repository, like "ghcr.io/anna/shop"`);
    if (reference?.digest !== undefined && !mine) {
      found.services[name] = { ...service, image: written! };
      continue;
    }
    if (!mine && context.protected && (reference!.tag ?? "latest") === "latest") {
      problems.add(
        `services.${name}.image`,
        written,
        'is an image that moves, and this environment is protected; write its version or its digest, like "redis:7"',
      );
    }
    const from = mine
      ? (repository ?? "")
      : formatReference({ registry: reference!.registry, repository: reference!.repository });
    const version = mine ? context.settings.version : (reference!.tag ?? "latest");
    found.imageOf[name] = `${from}:${version}`;
    found.requests[`${from}:${version}`] = { repository: from, version, own: mine };
  }
  if (Object.keys(parsed.services).length > 0) checkOverrides(problems, context, parsed);
  checkBuilds(problems, spec, context, parsed);
  return found;
}

function checkOverrides(problems: Problems, { settings }: PlanContext, { services }: ComposeDocument): void {
  for (const [name, image] of Object.entries(settings.images)) {
    if (!(name in services))
      problems.setting(
        `images.${name}`,
        image,
        `is the image of no active service; there are ${Object.keys(services).join(", ")}`,
      );
  }
}

/** What tells one build from another; undefined without one. */
function buildOf({ build }: ComposeService): string | undefined {
  if (build === undefined) return undefined;
  const { context = ".", dockerfile = "Dockerfile", ...rest } = typeof build === "string" ? { context: build } : build;
  const folder = context.replace(/^\.\//, "").replace(/(?<=.)\/+$/, "");
  return JSON.stringify([folder || ".", dockerfile, rest.dockerfile_inline, rest.target, rest.args]);
}

/** A service without an image runs the application's own: only right if it is built as that is. */
function checkBuilds(
  problems: Problems,
  spec: ApplicationSpec,
  { settings }: PlanContext,
  { services }: ComposeDocument,
): void {
  const undecided = Object.keys(services).filter(
    (name) => settings.images[name] === undefined && spec.services?.[name]?.image === undefined,
  );
  const unnamed = undecided.filter(
    (name) => services[name]!.image === undefined && buildOf(services[name]!) !== undefined,
  );
  const named = Object.keys(services).filter((name) => {
    const image = spec.services?.[name]?.image ?? services[name]!.image;
    return image !== undefined && isOwnImage(spec, image);
  });
  const own = (named.length > 0 ? named : unnamed.slice(0, 1)).map((name) => buildOf(services[name]!));
  if (unnamed.every((name) => own.includes(buildOf(services[name]!)))) return;
  problems.add(
    "services",
    named.length > 0 ? unnamed.filter((name) => !own.includes(buildOf(services[name]!))) : unnamed,
    `have no image and several builds, so it is not clear which of them runs the application's own; write \`image\` for each in ${composeName(spec)}, like "ghcr.io/anna/shop-nginx:\${VERSION}", or as services.<name>.image`,
  );
}
