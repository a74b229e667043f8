/** Turns a declaration and the environment's settings into one plain plan. All errors at once, before anything runs. */

import { withUnknown } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { placed } from "../policies/exemptions.ts";
import { addressOf, type Domain } from "../shared/domains.ts";
import { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { withAdopted } from "./adopt.ts";
import { backups } from "./backups.ts";
import { checkDatabaseUrl, checkNames, checkSecrets } from "./checks.ts";
import { composeFiles } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { declaredDocument } from "./declared.ts";
import { planDocument } from "./document.ts";
import { domains, reportDomain } from "./domains.ts";
import { existingDocument } from "./existing.ts";
import { hasPostStart } from "./hooks.ts";
import { jobs } from "./jobs.ts";
import { backup, checkHosts, migration } from "./migration.ts";
import type { ApplicationPlan, PlanContext, PlannedStack, Redirect, Service } from "./model.ts";
import { migratesTooEarly, ownDatabases } from "./ownDatabases.ts";
import { proof, window } from "./preflight.ts";
import { checkLogins, redirectsOf } from "./proxyRules.ts";
import { allDomains, routesOf, withRoutes } from "./routing.ts";
import { checkShape } from "./shape.ts";
import { verification } from "./verification.ts";
import { withoutProxy } from "./withoutProxy.ts";

/** @throws DeclarationError with every problem of the declaration */
export function planApplication(written: ApplicationSpec, context: PlanContext): ApplicationPlan {
  const problems = Problems.ofApplication(written.name);
  if (!checkShape(problems, written)) throw problems.error();
  const { settings } = context;
  const spec = withRoutes(problems, written, settings);
  const variables = { ...spec.environment, ...settings.environment };
  const known = { ...variables, VERSION: settings.version };
  const sighted = withUnknown(known, context.secretNames);
  checkNames(problems, spec);
  checkSecrets(problems, spec, context.secretNames);
  checkDatabaseUrl(problems, spec);
  const document: ComposeDocument | undefined =
    spec.compose === undefined
      ? declaredDocument(problems, spec, variables, context.secretNames)
      : existingDocument(problems, spec, composeFiles(spec), context, sighted);
  const taken = document && withAdopted(problems, document, settings);
  const parts = taken && planDocument(problems, spec, context, taken, known, sighted);
  const shared = domains(problems, spec, settings);
  const own = parts?.own;
  const services = parts?.services.map((service) => service.name) ?? [];
  const routes = routesOf(problems, spec, settings, services, shared);
  const served = allDomains(shared, routes);
  const redirects = redirectsOf(problems, spec, settings, served);
  checkLogins(problems, routes, spec.name, context.secretNames);
  const answered = withRedirected(served, redirects);
  const data = backups(problems, spec.backups, {
    application: spec.name,
    own,
    variables: sighted,
    jobs: Object.keys(spec.jobs ?? {}),
    destinations: context.destinations ?? [],
    ...defined({ document: parts?.document }),
  });
  const declaredJobs = jobs(problems, spec.jobs, own, settings.hosts);
  const rest = {
    application: spec.name,
    environment: context.environment,
    directory: `${context.root}/${spec.name}`,
    version: settings.version,
    settings,
    variables: known,
    domains: answered,
    redirects,
    hold: problems.time("hold", spec.hold, 30_000),
    observe: settings.observe ?? problems.time("observe", spec.observe, context.protected ? 15_000 : 0),
    ...defined({
      migration: migration(problems, spec.migration, own),
      backup: backup(problems, spec.backup, own),
      backups: data.backups,
      jobs: data.jobs.length > 0 ? [...(declaredJobs ?? []), ...data.jobs] : declaredJobs,
    }),
    verification: verification(problems, spec, context, own, served, routes),
  };
  const databases = parts ? ownDatabases(parts.document, parts.services, rest.migration, sighted) : [];
  checkHosts(problems, rest.migration, settings.hosts, [...(parts?.accessories ?? []), ...databases]);
  const allowed = defined({ window: window(problems, spec), proof: proof(problems, spec, context.protected) });
  const led = Object.values(routes).flatMap((all) => all.flatMap(({ domains: own }) => own.map(addressOf)));
  const lost = parts && shared.find((domain) => !led.includes(addressOf(domain)));
  if (lost) reportDomain(problems, settings, lost.host, leadsNowhere(parts.services));
  const alone = parts ? withoutProxy(spec, context, answered, parts.services, parts.ports) : [];
  // Hooks have as long as the health that comes after them.
  const startOf = ({ name, health }: Omit<Service, "routes">): number =>
    hasPostStart(parts!.document.services[name]!) ? 2 * health.timeout : health.timeout;
  const longest = Math.max(0, ...(parts?.services ?? []).map(startOf));
  const confirmWithin = problems.time("confirmWithin", spec.confirmWithin, 60_000 + longest);
  if (parts === undefined || problems.found.length > 0) throw problems.error();
  const stack: PlannedStack = {
    ...rest,
    document: parts.document,
    services: parts.services.map((service) => ({ ...service, routes: routes[service.name] ?? [] })),
    accessories: parts.accessories,
    late: parts.late,
    once: parts.once,
    start: parts.start,
    secretFiles: parts.secretFiles,
    carried: parts.carried,
    ...(databases.length > 0 ? { databases } : {}),
    preflight: {
      freeMiB: spec.preflight?.freeMiB ?? 512,
      variables: spec.preflight?.variables ?? [],
      ports: parts.ports,
      ...allowed,
    },
  };
  const { images, imageOf, staying } = parts;
  const warnings = [...parts.warnings, ...alone, ...databases.map((name) => migratesTooEarly(spec, name))];
  const database = { database: spec.database !== undefined, ...defined({ databaseUrl: spec.databaseUrl }) };
  const exemptions = placed(spec.exemptions ?? [], `apps: ${spec.name}.exemptions`);
  return { stack, images, imageOf, confirmWithin, ...database, exemptions, warnings, staying };
}

/** Domains of which all requests are redirected come last: nothing is verified there. */
const withRedirected = (served: Domain[], redirects: Redirect[]): Domain[] => {
  const known = new Set(served.map(addressOf));
  const added = redirects.flatMap(({ domain }) => (domain && !known.has(addressOf(domain)) ? [domain] : []));
  return [...served, ...added];
};

const leadsNowhere = (services: { ports: number[] }[]): string =>
  services.every(({ ports }) => ports.length === 0)
    ? "leads nowhere: no service has a port"
    : "leads nowhere: every service with a port has a domain of its own; take it out, or leave the domain out of a service";
