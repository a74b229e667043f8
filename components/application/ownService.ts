/** One of the application's own services, with shorthands resolved and defaults filled in. */
import { interpolate } from "../compose/interpolate.ts";
import { isOneOf, portsOf, publishedPort, readPort } from "../compose/ports.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { volumesOf } from "../compose/volumes.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { parseDuration } from "../shared/duration.ts";
import { PATH } from "../shared/path.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { isCarried } from "./cargo.ts";
import type { ServiceSpec } from "./declaration.ts";
import type { Service } from "./model.ts";
import { routedPorts } from "./routing.ts";
import { defaultStrategy, strategyProblem } from "./strategies.ts";

/** Good checks in a row, 0.3 s apart. Where nothing but running can be checked, it takes longer to tell a crash loop from work. */
const SUCCESSES = { checked: 3, running: 10 };

/** Time for the first good check: 20 s more than the service is given to start, and at least a minute. */
function deadline({ healthcheck }: ComposeService, variables: Record<string, string>): number {
  const period = healthcheck?.start_period;
  const given = period === undefined ? undefined : parseDuration(interpolate(String(period), variables));
  return Math.max(60_000, (given ?? 0) + 20_000);
}

function health(
  problems: Problems,
  name: string,
  spec: ServiceSpec,
  service: ComposeService,
  variables: Record<string, string>,
): Service["health"] {
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
    timeout: problems.time(`services.${name}.health.timeout`, given.timeout, deadline(service, variables)),
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

/** An address that only one container can have. */
function fixedAddress({ networks = [], mac_address }: ComposeService): string | undefined {
  const options = Array.isArray(networks) ? [] : Object.values(networks);
  const found = options.flatMap((network) => [network?.ipv4_address, network?.ipv6_address, network?.mac_address]);
  return [...found, mac_address].find((address): address is string => typeof address === "string");
}

const isOnHost = ({ network_mode: mode = "" }: ComposeService, variables: Record<string, string>): boolean =>
  interpolate(mode, variables) === "host";

/** What the proxy cannot do for a service. */
function checkTraffic(
  problems: Problems,
  name: string,
  service: ComposeService,
  variables: Record<string, string>,
): void {
  if (service.network_mode !== undefined && !isOnHost(service, variables)) {
    problems.add(
      `services.${name}.network_mode`,
      service.network_mode,
      'keeps the proxy from reaching it; remove network_mode, write "host", or remove the port',
    );
  }
}

/** What several containers of one service cannot share. */
function checkReplicas(
  problems: Problems,
  name: string,
  service: ComposeService,
  count: number,
  hostNetwork: boolean,
  variables: Record<string, string>,
): void {
  const published = portsOf(service).map((port) => readPort(port, variables)?.published);
  const tooFew = published.find((range) => range !== undefined && range[1] - range[0] + 1 < count);
  const address = fixedAddress(service);
  const shared = [
    tooFew && `publish the same port ${tooFew[0]}; remove that port, or deploy.replicas`,
    address && `have the same address ${address}; remove it, or deploy.replicas`,
    hostNetwork && "listen at the same port of the host (network_mode: host); remove deploy.replicas",
  ];
  for (const text of shared) if (text) problems.add(`services.${name}`, count, `containers cannot ${text}`);
}

/** @param joined the services whose network, say, it has */
export function ownService(
  problems: Problems,
  name: string,
  spec: ServiceSpec,
  service: ComposeService,
  settings: VersionedSettings,
  variables: Record<string, string>,
  joined: Pick<Service, "name" | "strategy">[],
): Omit<Service, "routes"> {
  const ports = routedPorts(spec);
  const count = replicas(problems, name, service, variables);
  const fixedPort = portsOf(service)
    .filter((port) => !isOneOf(port, ports, variables))
    .map((port) => publishedPort(port, variables))
    .find((port) => port !== undefined);
  const hostNetwork = ports.length > 0 && isOnHost(service, variables);
  const obstacles = { fixedPort, fixedAddress: fixedAddress(service), hostNetwork };
  if (count > 1) checkReplicas(problems, name, service, count, hostNetwork, variables);
  // Files that go with the release are no data that two containers would share.
  const hasData = volumesOf(service).some((volume) => !isCarried(volume));
  const exchanged = joined.find((other) => other.strategy === "recreate");
  const mayRoll = exchanged === undefined && (ports.length > 0 || joined.length > 0);
  const strategy = spec.strategy ?? defaultStrategy(mayRoll, hasData, obstacles);
  const wrong = strategyProblem(strategy, obstacles);
  if (wrong !== undefined) problems.add(`services.${name}.strategy`, strategy, wrong);
  if (exchanged && strategy === "rolling")
    problems.add(
      `services.${name}.strategy`,
      strategy,
      `starts it before ${exchanged.name}, whose network or the like it has; use "recreate"`,
    );
  if (ports.length > 0) checkTraffic(problems, name, service, variables);
  if (spec.path !== undefined && !PATH.test(spec.path))
    problems.add(`services.${name}.path`, spec.path, 'is not a path; write "/api"');
  return {
    name,
    strategy,
    ports,
    ...(hostNetwork && { hostNetwork }),
    replicas: count,
    health: health(problems, name, spec, service, variables),
    drain: settings.drain ?? problems.time(`services.${name}.drain`, spec.drain, 10_000),
  };
}
