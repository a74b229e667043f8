/** Turns a declaration and the environment's settings into one plain plan. All errors at once, before anything runs. */

import type { ComposeDocument } from "../compose/document.ts";
import { neededVariables } from "../compose/interpolate.ts";
import { publishedPort, targetPort } from "../compose/ports.ts";
import { DeclarationError, Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { checkMounts, checkNames, checkSecrets, checkVariables } from "./checks.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { existingDocument } from "./existing.ts";
import { imagesOf } from "./images.ts";
import type { ApplicationPlan, PlanContext, PlannedStack, Service } from "./model.ts";
import { declaredDocument } from "./rendered.ts";
import { domains, oneOff, ownService, reportDomain, verification, window } from "./services.ts";
import { checkStartable } from "./startable.ts";

const SERVICE = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Two services on one path: one of them would never be asked. */
function checkPaths(problems: Problems, services: Service[]): void {
  const routed = services.filter((service) => service.port !== undefined);
  const prefix = (service: Service): string => (service.path ?? "/").replace(/(?<=.)\/+$/, "");
  for (const [index, service] of routed.entries()) {
    const first = routed.findIndex((other) => prefix(other) === prefix(service));
    if (first < index)
      problems.add(
        `services.${service.name}.path`,
        prefix(service),
        `is that of ${routed[first]!.name} already; give one of them another path, or no port`,
      );
  }
}

/** @throws DeclarationError with every problem of the declaration */
export function planApplication(spec: ApplicationSpec, context: PlanContext): ApplicationPlan {
  const problems = new Problems(spec.name);
  const { settings } = context;
  const variables = { ...spec.environment, ...settings.environment };
  const known = { ...variables, VERSION: settings.version };
  checkNames(problems, spec);
  checkSecrets(problems, spec, context.secretNames);
  const read =
    spec.compose === undefined
      ? declaredDocument(spec, variables, context.secretNames)
      : existingDocument(problems, spec, spec.compose, context, known);
  const { own, requests, imageOf, services: pinned } = imagesOf(problems, spec, context, read, known);
  const parsed: ComposeDocument = { ...read, services: pinned };
  for (const name of Object.keys(parsed.services)) {
    if (!SERVICE.test(name))
      problems.add(`services.${name}`, name, "is not a service name; use small letters, digits, - and _");
  }
  for (const name of Object.keys(spec.services ?? {})) {
    if (!(name in parsed.services))
      problems.add(
        `services.${name}`,
        name,
        `is not an active service of ${spec.compose}; it has ${Object.keys(parsed.services).join(", ")}`,
      );
  }
  if (own.length === 0)
    problems.add(
      "services",
      Object.keys(parsed.services),
      "none of them is the application's own; give `image`, or a port to the one that takes the traffic",
    );
  const valued = [...Object.keys(known), ...context.secretNames, ...(spec.database ? ["DATABASE_URL"] : [])];
  const { networks, volumes, configs, secrets } = parsed;
  const deployed = Object.values(parsed.services).map(({ build: _, ...service }) => service);
  checkVariables(problems, spec, neededVariables({ deployed, networks, volumes, configs, secrets }, valued), valued);
  checkMounts(problems, spec, context, parsed);
  for (const name of own) checkStartable(problems, name, spec.services?.[name]?.port !== undefined, parsed);
  const services = own.map((name) => ownService(problems, name, spec.services?.[name] ?? {}, parsed, settings, known));
  checkPaths(problems, services);
  const secretFiles = Object.entries(spec.services ?? {}).flatMap(([service, hint]) =>
    (hint.secretFiles ?? []).map((name) => {
      if (!context.secretNames.includes(name))
        problems.add(
          `services.${service}.secretFiles`,
          name,
          `is not a secret of the application; set slipway:secrets.${spec.name}.${name}`,
        );
      const user = String(parsed.services[service]?.user ?? "");
      return { service, name, owner: /^\d+/.test(user) ? Number.parseInt(user, 10) : 0 };
    }),
  );
  const directory = `${context.root}/${spec.name}`;
  const answered = domains(problems, spec, settings);
  const stack: PlannedStack = {
    application: spec.name,
    environment: context.environment,
    directory,
    version: settings.version,
    document: parsed,
    services,
    accessories: Object.keys(parsed.services)
      .filter((name) => !own.includes(name))
      .sort(),
    variables: known,
    secretFiles,
    domains: answered,
    hold: problems.time("hold", spec.hold, 30_000),
    observe: settings.observe ?? problems.time("observe", spec.observe, context.protected ? 15_000 : 0),
    ...defined({
      migration: oneOff(problems, "migration", spec.migration, own),
      backup: oneOff(problems, "backup", spec.backup, own),
    }),
    verification: verification(problems, spec, settings.version, answered.length > 0),
    preflight: {
      freeMiB: spec.preflight?.freeMiB ?? 512,
      variables: spec.preflight?.variables ?? [],
      ports: Object.values(parsed.services).flatMap((service) =>
        ((service.ports as unknown[] | undefined) ?? [])
          .filter(
            (port) =>
              !services.some(
                (mine) =>
                  mine.port !== undefined && mine.port === targetPort(port) && parsed.services[mine.name] === service,
              ),
          )
          .map(publishedPort)
          .filter((port) => port !== undefined),
      ),
      ...defined({ window: window(problems, spec) }),
    },
  };
  if (stack.domains.length > 0 && !services.some((service) => service.port !== undefined)) {
    reportDomain(problems, settings, stack.domains[0]!.host, "leads nowhere: no service has a port");
  }
  const confirmWithin = problems.time(
    "confirmWithin",
    spec.confirmWithin,
    60_000 + Math.max(0, ...services.map(({ health }) => health.timeout)),
  );
  if (problems.found.length > 0) throw new DeclarationError(problems.found.join("\n"));
  return { stack, images: requests, imageOf, confirmWithin, database: spec.database !== undefined };
}
