/** Plans the applications of an environment, all of them before the first resource exists: pure, for the program and the command. */
import { readdirSync, readFileSync } from "node:fs";
import type { ApplicationSpec } from "../application/declaration.ts";
import { clashes } from "../application/domains.ts";
import type { ApplicationPlan, PlanContext } from "../application/model.ts";
import { planApplication } from "../application/plan.ts";
import { proxyPorts } from "../host/proxy.ts";
import type { Settings, VersionedSettings } from "../settings/types.ts";
import { DeclarationError } from "../shared/problems.ts";
import { entryAt, ignoredByGit } from "./project.ts";

/** What planning reads of the settings; of secrets only the names. */
export type PlannedSettings = Pick<Settings<unknown>, "hosts" | "secrets" | "protected" | "backups"> & {
  applications: Record<string, VersionedSettings>;
};

export interface Planned {
  /** By application; those that have problems are left out. */
  plans: Record<string, ApplicationPlan>;
  problems: string[];
}

/** What is wrong with applications of the settings that nobody declares. */
export function undeclared(specs: ApplicationSpec[], settings: Pick<Settings<unknown>, "applications">): string[] {
  const names = specs.map((spec) => spec.name);
  return Object.keys(settings.applications)
    .filter((name) => !names.includes(name))
    .map(
      (name) =>
        `slipway:applications.${name}: no application of this name is declared; add apps/${name}.ts, or correct the name (declared: ${names.join(", ") || "none"})`,
    );
}

/**
 * A declaration as planned for an environment, in plain values, with the files of the project in the working directory.
 * @throws DeclarationError with every problem of the declaration
 */
export const planIn = (
  spec: ApplicationSpec,
  context: Omit<PlanContext, "readFile" | "listFolder" | "entry" | "ignored">,
): ApplicationPlan =>
  planApplication(spec, {
    ...context,
    readFile: (path) => readFileSync(path, "utf8"),
    listFolder: (path) => readdirSync(path),
    entry: entryAt,
    ignored: ignoredByGit,
  });

/** @param specs all applications; none of the settings may be missing among them (`undeclared`) */
export function planApplications(specs: ApplicationSpec[], settings: PlannedSettings, environment: string): Planned {
  const plans: Planned["plans"] = {};
  const problems: string[] = [];
  for (const [name, application] of Object.entries(settings.applications)) {
    const hosts = application.hosts.map((host) => settings.hosts[host]!);
    const served = hosts.filter(({ proxy }) => proxy.enabled);
    try {
      plans[name] = planIn(specs.find((candidate) => candidate.name === name)!, {
        settings: application,
        root: hosts[0]!.root,
        proxyPorts: served.flatMap(({ proxy }) => proxyPorts(proxy)),
        withoutProxy: application.hosts.filter((host) => !settings.hosts[host]!.proxy.enabled),
        protected: settings.protected,
        environment,
        destinations: Object.keys(settings.backups).sort(),
        secretNames: Object.keys(settings.secrets[name] ?? {}).sort(),
      });
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(error.message);
    }
  }
  const routed = Object.entries(plans).map(([name, { stack }]) => ({
    application: name,
    hosts: settings.applications[name]!.hosts,
    domains: stack.domains.map(({ host }) => host),
  }));
  const inSettings = Object.keys(plans).filter((name) => settings.applications[name]!.domains !== undefined);
  return { plans, problems: [...problems, ...clashes(routed, inSettings)] };
}
