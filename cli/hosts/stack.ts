/** The hosts and applications of a stack, by its file, as commands for the day need them. */
import { readFileSync } from "node:fs";
import { LATER } from "../../components/policies/facts.ts";
import { check } from "../../components/settings/check.ts";
import type { ApplicationSettings, HostSettings } from "../../components/settings/types.ts";
import { omit } from "../../components/shared/records.ts";
import { type Project, readProject, readStack, type StackSettings, stacksOf } from "../check/stackSettings.ts";
import { selectedStack } from "../import/pulumi.ts";
import { revealed } from "./revealed.ts";

export interface Stack {
  name: string;
  project: string;
  /** The stack's file, as it is shown. */
  file: string;
  hosts: Record<string, HostSettings>;
  applications: Record<string, ApplicationSettings>;
}

/** What says where hosts are, and what runs there. */
const NEEDED = ["hosts", "applications"] as const;

/**
 * @param named default: the only one that has a file, else the one that is selected
 * @throws Error where the folder has no project, there is no such stack, or its settings are not right
 */
export async function readHosts(named?: string): Promise<Stack> {
  const project = readProject();
  const stack = readStack(project, named ?? chosen(project));
  const unread = stack.problems.filter((problem) => !problem.startsWith("slipway:"));
  if (unread.length > 0) throw new Error(unread.join("\n"));
  const entries = isHidden(stack) ? await revealed(stack.stack) : stack.entries;
  const { settings, problems } = check(
    Object.fromEntries(NEEDED.flatMap((name) => (entries[name] === undefined ? [] : [[name, entries[name]]]))),
    { folder: process.cwd(), readFile: (path) => readFileSync(path, "utf8") },
  );
  if (settings === undefined)
    throw new Error(`${stack.file} is not right:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  const { hosts, applications } = settings;
  if (Object.keys(hosts).length === 0)
    throw new Error(`${stack.file} names no host; name one in slipway:hosts, as the README's "Your own server" does`);
  return { name: stack.stack, project: project.name, file: stack.file, hosts, applications };
}

/** Whether what is needed is encrypted: all of it, or how a host is reached. Other secrets of a host are not asked for. */
function isHidden({ entries, encrypted, problems }: StackSettings): boolean {
  if (problems.some((problem) => NEEDED.some((name) => problem.startsWith(`slipway:${name}:`)))) return true;
  if (!encrypted.includes("hosts")) return false;
  const ways = Object.values(JSON.parse(entries.hosts!) as Record<string, object>).map((host) =>
    omit(host as { proxy?: unknown }, "proxy"),
  );
  return JSON.stringify(ways).includes(LATER);
}

function chosen(project: Project): string {
  const [only, ...others] = stacksOf(project);
  return only !== undefined && others.length === 0 ? only : selectedStack(".");
}

/** @throws Error for a name that the stack does not have */
export function hostsNamed({ hosts, file }: Stack, name?: string): Record<string, HostSettings> {
  if (name === undefined) return hosts;
  const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (host === undefined)
    throw new Error(`${name} is no host of ${file}; its hosts are ${Object.keys(hosts).join(", ")}`);
  return { [name]: host };
}

/** Applications of the stack that are to run on a host. */
export const applicationsOn = ({ applications }: Pick<Stack, "applications">, host: string): string[] =>
  Object.keys(applications)
    .filter((name) => applications[name]!.hosts.includes(host))
    .sort();

/**
 * Hosts on which something of a stack is to run, in the order in which the application names them.
 * @param application default: any
 * @throws Error for an application or a host that the stack does not have, and where there is none
 */
export function hostsRunning(stack: Stack, application?: string, host?: string): Record<string, HostSettings> {
  const among = hostsNamed(stack, host);
  const all = Object.keys(stack.applications);
  if (application !== undefined && !all.includes(application))
    throw new Error(
      `${application} is no application of ${stack.file}; its applications are ${all.join(", ") || "none"}`,
    );
  const runs = (name: string): boolean =>
    application === undefined
      ? applicationsOn(stack, name).length > 0
      : applicationsOn(stack, name).includes(application);
  const order = application === undefined ? Object.keys(among) : stack.applications[application]!.hosts;
  const wanted = Object.fromEntries(
    order.flatMap((name) => (among[name] !== undefined && runs(name) ? [[name, among[name]]] : [])),
  );
  if (Object.keys(wanted).length === 0)
    throw new Error(
      `${application ?? "no application"} runs on ${application === undefined ? "" : "none of "}${Object.keys(among).join(", ")}, by ${stack.file}`,
    );
  return wanted;
}
