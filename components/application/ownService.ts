/** One of the application's own services, with shorthands resolved and defaults filled in. */
import { interpolate } from "../compose/interpolate.ts";
import { portsOf, publishedPort, targetPort } from "../compose/ports.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { volumesOf } from "../compose/volumes.ts";
import type { VersionedSettings } from "../settings/types.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import type { ServiceSpec } from "./declaration.ts";
import type { Service } from "./model.ts";
import { PATH } from "./path.ts";
import { defaultStrategy, strategyProblem } from "./strategies.ts";

/** Good checks in a row, 0.3 s apart. Where nothing but running can be checked, it takes longer to tell a crash loop from work. */
const SUCCESSES = { checked: 3, running: 10 };

function health(problems: Problems, name: string, spec: ServiceSpec, service: ComposeService): Service["health"] {
  const given = typeof spec.health === "string" ? { path: spec.health } : (spec.health ?? {});
  const port = given.port ?? spec.port;
  if (given.path !== undefined && !PATH.test(given.path))
    problems.add(`services.${name}.health`, given.path, 'is not a path; write "/health"');
  if (given.path !== undefined && port === undefined)
    problems.add(`services.${name}.health`, given.path, `needs a port; add services.${name}.port or health.port`);
  const isChecked = given.path !== undefined || service.healthcheck !== undefined;
  return {
    ...(given.path === undefined ? {} : defined({ path: given.path, port })),
    interval: problems.time(`services.${name}.health.interval`, given.interval, 300),
    successes: given.successes ?? (isChecked ? SUCCESSES.checked : SUCCESSES.running),
    timeout: problems.time(`services.${name}.health.timeout`, given.timeout, 60_000),
  };
}

/** How many containers the document wants, as a number. */
function replicas(
  problems: Problems,
  name: string,
  service: ComposeService,
  variables: Record<string, string>,
): number {
  const [place, written] =
    service.scale === undefined ? ["deploy.replicas", service.deploy?.replicas ?? 1] : ["scale", service.scale];
  const count = interpolate(String(written), variables);
  if (/^[1-9]\d{0,2}$/.test(count)) return Number(count);
  problems.add(
    `services.${name}.${place}`,
    written,
    "is not a number of containers from 1 to 999; to run none, take the service out, or give it a profile that is not active",
  );
  return 1;
}

/** What the proxy cannot do for a service. */
function checkTraffic(problems: Problems, name: string, service: ComposeService, count: number): void {
  if (count > 1)
    problems.add(`services.${name}`, count, "replicas behind the proxy are not supported; remove deploy.replicas");
  if (service.network_mode !== undefined) {
    problems.add(
      `services.${name}.network_mode`,
      service.network_mode,
      "keeps the proxy from reaching it; remove network_mode, or the port",
    );
  }
}

export function ownService(
  problems: Problems,
  name: string,
  spec: ServiceSpec,
  service: ComposeService,
  settings: VersionedSettings,
  variables: Record<string, string>,
): Service {
  const count = replicas(problems, name, service, variables);
  const fixedPort = portsOf(service)
    .filter((port) => spec.port === undefined || targetPort(port) !== spec.port)
    .map(publishedPort)
    .find((port) => port !== undefined);
  const strategy = spec.strategy ?? defaultStrategy(spec.port !== undefined, volumesOf(service).length > 0);
  const wrong = strategyProblem(strategy, { fixedPort });
  if (wrong !== undefined) problems.add(`services.${name}.strategy`, strategy, wrong);
  if (spec.port !== undefined) checkTraffic(problems, name, service, count);
  if (spec.path !== undefined && !PATH.test(spec.path))
    problems.add(`services.${name}.path`, spec.path, 'is not a path; write "/api"');
  return {
    name,
    strategy,
    replicas: count,
    ...defined({ port: spec.port, path: spec.path }),
    health: health(problems, name, spec, service),
    drain: settings.drain ?? problems.time(`services.${name}.drain`, spec.drain, 10_000),
  };
}
