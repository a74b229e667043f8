import * as pulumi from "@pulumi/pulumi";
import type { ApplicationSpec } from "../application/declaration.ts";
import type { ApplicationPlan } from "../application/model.ts";
import { checkRepositories, type DeclaredRepository, declareRepositories } from "../github/repository/declare.ts";
import type { RepositorySpec } from "../github/repository/spec.ts";
import { agentProblems } from "../host/agent.ts";
import { beginLook, type Looked, looksAt } from "../host/connection.ts";
import { DockerHost } from "../host/dockerHost.ts";
import { freshToken } from "../host/freshToken.ts";
import { registryAccess } from "../image/index.ts";
import { keepExport } from "../operations/state/keepExport.ts";
import { circumstancesOf } from "../policies/schema.ts";
import { readSettings, type Settings } from "../settings/index.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { defined, mapValues } from "../shared/records.ts";
import { keptStack } from "../state/lastState.ts";
import { Application } from "./application.ts";
import { onGitHub } from "./onGitHub.ts";
import { planApplications, undeclared } from "./planned.ts";

/** Everything that one environment (a Pulumi stack) deploys. */
export interface Environment {
  settings: Settings<pulumi.Output<string>> & { applications: Record<string, VersionedSettings> };
  hosts: Record<string, DockerHost>;
  applications: Record<string, Application>;
  /** By name in this program. */
  repositories: Record<string, DeclaredRepository>;
}

/**
 * Deploys the applications named in the stack's settings to the hosts named there, and declares repositories.
 * @param specs all applications; those without settings in this environment are skipped
 * @param repositories all repositories; this stack creates those that it owns, and its environment in those named in its settings
 * @throws RunError with every problem, before anything is touched
 */
export async function deploy(specs: ApplicationSpec[], repositories: RepositorySpec[] = []): Promise<Environment> {
  const read = await readSettings();
  refuse(undeclared(specs, read));
  const inspections: Record<string, Inspection> = {};
  const settings = { ...read, applications: await withVersions(read, inspections) };
  const { plans: shares, problems } = checkRepositories(repositories, settings);
  problems.push(...(await agentProblems(settings.hosts)));
  const { plans, problems: ofApplications } = planApplications(specs, settings, pulumi.getStack());
  refuse([...ofApplications, ...problems]);
  // Started before waiting for the export, because both take a while.
  for (const name of Object.keys(settings.hosts)) inspect(settings, name, inspections);
  if (!pulumi.runtime.isDryRun()) {
    const { keep, directory } = settings.exports;
    const kept = await keepExport({ keep, folder: `${directory}/${pulumi.getStack()}` });
    if (kept) await pulumi.log.info(`kept the state before this update: ${kept}`);
  }
  const fresh = freshToken();
  const registries = Object.entries(settings.registries).map(([server, { username, password }]) => ({
    server,
    username,
    password,
  }));
  const access = registryAccess(settings.registries);
  const declared = await declareRepositories(shares, settings);
  const deployKeys = Object.values(declared).flatMap(({ environment }) => environment?.publicKey ?? []);
  const hosts = mapValues(
    settings.hosts,
    (host, name) =>
      new DockerHost(name, {
        settings: host,
        registries,
        fresh,
        deployKeys,
        circumstances: circumstancesOf(settings, "host", name),
        notifications: settings.notifications,
        applications: Object.entries(settings.applications)
          .filter(([, { hosts: names }]) => names.includes(name))
          .map(([application]) => application),
        backups: destinationsOn(name, settings, plans),
        ...defined({ looked: inspections[name] }),
      }),
  );
  const hostsOf = mapValues(settings.applications, ({ hosts: names }) => names);
  const applications = mapValues(
    settings.applications,
    (application, name) =>
      new Application(name, {
        spec: specs.find((spec) => spec.name === name)!,
        settings: application,
        plan: plans[name]!,
        secrets: settings.secrets[name] ?? {},
        hosts,
        declared: hostsOf,
        registries,
        access,
        fresh,
        protected: settings.protected,
        policies: defined({
          after: settings.policies.after,
          circumstances: circumstancesOf(settings, "application", name),
        }),
        ...defined({ watcher: onGitHub(plans[name]!, { plans: shares }, settings) }),
      }),
  );
  return { settings, hosts, applications, repositories: declared };
}

/** Of `slipway:backups` what applications of a host name. */
function destinationsOn(
  host: string,
  { backups, applications }: Pick<Settings<pulumi.Output<string>>, "backups" | "applications">,
  plans: Record<string, ApplicationPlan>,
): Settings<pulumi.Output<string>>["backups"] {
  const here = Object.keys(applications).filter((name) => applications[name]!.hosts.includes(host));
  const named = here.flatMap((name) => (plans[name]!.stack.backups ?? []).map(({ to }) => to));
  return Object.fromEntries(Object.entries(backups).filter(([name]) => named.includes(name)));
}

type Inspection = pulumi.Output<Looked> | undefined;

/** Begins to look at a host, once. */
const inspect = (
  { hosts }: Pick<Settings<pulumi.Output<string>>, "hosts">,
  name: string,
  begun: Record<string, Inspection>,
) => {
  const host = hosts[name]!;
  if (!Object.hasOwn(begun, name)) begun[name] = looksAt(host) ? beginLook(host) : undefined;
  return begun[name];
};

/** Fills in a missing version with the one that its hosts run, for pipelines that set the version themselves. */
async function withVersions(
  settings: Settings<pulumi.Output<string>>,
  begun: Record<string, Inspection>,
): Promise<Record<string, VersionedSettings>> {
  const withVersion = await Promise.all(
    Object.entries(settings.applications).map(async ([name, application]) => {
      if (application.version !== undefined) return [name, application as VersionedSettings] as const;
      const looks = application.hosts.map((host) => inspect(settings, host, begun));
      return [name, { ...application, version: await runningVersion(name, looks) }] as const;
    }),
  );
  const problems = withVersion
    .filter(([, { version }]) => version === undefined)
    .map(
      ([name]) =>
        `slipway:applications.${name}.version: is missing, and this stack has not deployed one yet; write a semantic version like "1.4.0", or a tag like "sha-3f2c1ab"`,
    );
  refuse(problems);
  return Object.fromEntries(withVersion) as Record<string, VersionedSettings>;
}

/** What all hosts that were looked at run; where they differ or run nothing, what they confirmed last by the state. */
async function runningVersion(application: string, looks: Inspection[]): Promise<string | undefined> {
  const seen = await Promise.all(looks.map((look) => look && settled(look)));
  const versions = seen.flatMap((one) =>
    one && "seen" in one ? (one.seen.applications[application]?.version ?? []) : [],
  );
  const { version } = new Set(versions).size === 1 ? { version: versions[0] } : await keptStack(application);
  return version ?? versions[0];
}

const settled = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => void output.apply((value) => resolve(value)));

/** @throws RunError with every problem, if there is one */
function refuse(problems: string[]): void {
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
}
