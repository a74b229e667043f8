/** The manifest of a release: what the host's scripts need to know, in one readable JSON file. */

import type { DataJob, Job, OneOff, Service } from "../application/model.ts";
import type { Route } from "../application/route.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { isWritable, volumesOf } from "../compose/volumes.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Domain } from "../shared/domains.ts";
import { defined, omit } from "../shared/records.ts";
import { definitionHash } from "./accessories.ts";
import { hiddenTexts } from "./carried.ts";
import type { Stack } from "./model.ts";
import { upstreamName } from "./route.ts";

const seconds = (ms: number): number => ms / 1000;
const oneOff = <One extends OneOff>(value: One | undefined) => value && { ...value, timeout: seconds(value.timeout) };

function serviceEntry({ application }: Stack, service: Service) {
  return {
    name: service.name,
    strategy: service.strategy,
    replicas: service.replicas,
    ...portsOf(application, service),
    ...(service.hostNetwork && { hostNetwork: true }),
    health: {
      ...service.health,
      interval: seconds(service.health.interval),
      timeout: Math.ceil(seconds(service.health.timeout)),
    },
    drain: Math.ceil(seconds(service.drain)),
    ...(service.joined && { joined: service.joined }),
    ...(service.needs && { needs: service.needs }),
    ...(service.awaited && { awaited: true }),
  };
}

/** Its ports with the upstreams that lead to them, as far as it has any. */
function portsOf(
  application: string,
  service: Service,
): Pick<Manifest["services"][number], "port" | "upstream" | "upstreams"> {
  const [port, ...others] = service.ports;
  if (port === undefined) return {};
  const upstream = upstreamName(application, service, port);
  if (others.length === 0) return { port, upstream };
  return {
    port,
    upstream,
    upstreams: Object.fromEntries(others.map((other) => [upstreamName(application, service, other), other])),
  };
}

/** Nothing at all where nothing runs once. */
function onceOf(stack: Stack, document: ComposeDocument): Pick<Manifest, "once" | "start"> {
  if (stack.once.length === 0) return {};
  const once = stack.once.map(({ name, each, timeout }) => [
    name,
    { hash: definitionHash(stack, document, [name]), ...(each && { each }), timeout: Math.ceil(seconds(timeout)) },
  ]);
  return { once: Object.fromEntries(once), start: stack.start };
}

function jobEntry({ name: _, times, schedule, timeZone: zone, ...rest }: Job | DataJob) {
  return { ...rest, timeout: seconds(rest.timeout), schedule, ...times, ...defined({ zone }) };
}

/** Nothing at all where there is none. */
const jobsOf = ({ jobs = [] }: Stack): Pick<Manifest, "jobs"> =>
  jobs.length === 0 ? {} : { jobs: Object.fromEntries(jobs.map((job) => [job.name, jobEntry(job)])) };

/** Nothing at all where no data is backed up. */
function backupsOf({ backups, migration, preflight: { proof } }: Stack): Pick<Manifest, "backups" | "proof"> {
  if (backups === undefined) return {};
  const entries = backups.map(({ name, timeout, ...rest }) => [name, { ...rest, timeout: seconds(timeout) }]);
  return {
    backups: Object.fromEntries(entries),
    ...(proof !== undefined && migration !== undefined && { proof: Math.ceil(seconds(proof)) }),
  };
}

/** What both would write to, or publish, only one of them may have. */
function adoptionOf({ settings: { adopt }, preflight, services }: Stack): Pick<Manifest, "adopt"> {
  if (!adopt) return {};
  const isOnHost = services.some(({ hostNetwork }) => hostNetwork);
  const exclusive = adopt.volumes.length > 0 || adopt.folder !== undefined || preflight.ports.length > 0 || isOnHost;
  return { adopt: { project: adopt.project, ...(exclusive && { exclusive }) } };
}

/** A wildcard is asked by a name that it covers. */
const asked = ({ host, scheme }: Domain) => ({ host: host.replace(/^\*/, "slipway"), scheme });

const urlOf = (domain: Domain): string => {
  const { host, scheme } = asked(domain);
  return `${scheme}://${host}`;
};

/** Where services have domains or ports of their own, each of their routes is asked whether somebody answers. */
function answersOf({ domains, services }: Stack, route: Route | undefined): string[] | undefined {
  const isPlain = !route?.services.some(({ sites, upstream }) => sites !== undefined || upstream.includes("@"));
  if (isPlain) return undefined;
  const all = services.flatMap(({ routes }) => routes.filter((one) => one.domains.length > 0));
  const urls = all.map((one) => `${urlOf(one.domains[0] ?? domains[0]!)}${one.path === "" ? "/" : one.path}`);
  return [...new Set(urls)];
}

function verificationOf(stack: Stack, route: Route | undefined): Manifest["verification"] {
  const { command, certificateWithin, checks, ...rest } = stack.verification;
  const [domain] = stack.domains;
  if (domain === undefined && command === undefined) return undefined;
  return defined({
    ...(domain && asked(domain)),
    version: rest.version,
    checks: checks.map(({ domain: other, ...check }) => ({ ...check, ...(other && { site: urlOf(other) }) })),
    ...rest,
    answers: answersOf(stack, route),
    command: oneOff(command),
    certificateWithin: certificateWithin && Math.ceil(seconds(certificateWithin)),
  });
}

export function renderManifest(
  stack: Stack,
  document: ComposeDocument,
  route: Route | undefined,
  release: string,
): string {
  const deployed = [...stack.accessories, ...[...stack.services, ...stack.once].map(({ name }) => name)];
  const images = Object.entries(document.services)
    .filter(([name]) => deployed.includes(name))
    .map(([, service]) => service.image!);
  const manifest: Manifest = {
    application: stack.application,
    environment: stack.environment,
    release,
    version: stack.version,
    images: [...new Set(images)].sort(),
    accessories: stack.accessories,
    ...(stack.late.length > 0 && { late: stack.late }),
    pins: Object.fromEntries(Object.entries(stack.tags).map(([name, tag]) => [tag, document.services[name]!.image!])),
    accessoriesHash: definitionHash(stack, document, stack.accessories),
    ...onceOf(stack, document),
    ...adoptionOf(stack),
    mounted: stack.services
      .map(({ name }) => name)
      .filter((name) => volumesOf(document.services[name]).some(isWritable)),
    services: stack.services.map((service) => serviceEntry(stack, service)),
    secrets: Object.keys(stack.secrets).sort(),
    secretTexts: stack.carried.secrets.length > 0 ? hiddenTexts(stack.carried.secrets) : undefined,
    backup: oneOff(stack.backup),
    migration: oneOff(stack.migration),
    ...jobsOf(stack),
    ...backupsOf(stack),
    route,
    verification: verificationOf(stack, route),
    observe: stack.observe,
    preflight: omit(stack.preflight, "proof"),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
