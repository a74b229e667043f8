import { isRegistry } from "../image/reference.ts";
import { versionProblem } from "../image/version.ts";
import { clashProblem, domainClashes, parseDomain } from "../shared/domains.ts";
import { at, isMap } from "../shared/issues.ts";
import { NAME, RESERVED, SERVICE, VARIABLE } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import { shown } from "../shared/text.ts";
import { DEFAULT_ROOT, OPTION } from "./connectionSchema.ts";
import { checkGitHub } from "./githubRules.ts";
import { entries, wayOut } from "./problems.ts";

type Path = PropertyKey[];

/**
 * Rules between fields. They read the raw settings, tolerant of everything else that may be wrong with them, so that
 * one run shows all problems.
 */
export function checkRules(problems: Problems, raw: unknown): void {
  checkNames(problems, raw);
  for (const [name, host] of entries(raw, ["hosts"])) {
    checkConnection(problems, raw, ["hosts", name]);
    checkDns(problems, host, ["hosts", name, "proxy"]);
    if (isMap(at(host, ["bastion"]))) checkConnection(problems, raw, ["hosts", name, "bastion"]);
  }
  for (const [name] of entries(raw, ["registries"])) checkPassword(problems, raw, ["registries", name]);
  for (const [name] of entries(raw, ["applications"])) checkApplication(problems, raw, name);
  for (const [name] of entries(raw, ["secrets"])) checkSecrets(problems, raw, name);
  checkNotifications(problems, raw);
  checkDomains(problems, raw);
  checkExemptions(problems, raw);
  checkGitHub(problems, raw);
}

/** A target that is told of an application that is not there would never be told of anything. */
function checkNotifications(problems: Problems, raw: unknown): void {
  const known = entries(raw, ["applications"]).map(([name]) => name);
  for (const [target, notification] of entries(raw, ["notifications"])) {
    const applications = at(notification, ["applications"]);
    if (!Array.isArray(applications)) continue;
    for (const [index, name] of applications.entries())
      if (typeof name === "string" && !known.includes(name))
        problems.add(
          ["notifications", target, "applications", index],
          name,
          `is not an application${wayOut(name, known, "slipway:applications")}`,
        );
  }
}

/** An exemption of what this stack does not have would match nothing, and nothing would say so. */
function checkExemptions(problems: Problems, raw: unknown): void {
  const exemptions = at(raw, ["policies", "exemptions"]);
  if (!Array.isArray(exemptions)) return;
  for (const [index, exemption] of exemptions.entries())
    for (const target of ["application", "host"]) {
      const name = at(exemption, [target]);
      const known = entries(raw, [`${target}s`]).map(([one]) => one);
      if (typeof name === "string" && !known.includes(name))
        problems.add(
          ["policies", "exemptions", index, target],
          name,
          `is not ${target === "host" ? "a host" : "an application"}${wayOut(name, known, `slipway:${target}s`)}`,
        );
    }
}

const NOT_A_NAME =
  "is not a valid name; use 2 to 40 lowercase letters, digits and '-', starting with a letter, like \"web-1\"";
const NOT_A_SERVICE = "is not a valid name for a service; use letters, digits, '.', '_' and '-', like \"worker\"";
const NOT_A_VARIABLE =
  "is not a valid name for an environment variable; use letters, digits and '_', like \"DATABASE_URL\"";
const NOT_A_REGISTRY = 'is not a registry; write host[:port], like "ghcr.io" or "registry.example.org:5000"';

function checkNames(problems: Problems, raw: unknown): void {
  const names = (path: Path): string[] => entries(raw, path).map(([name]) => name);
  const check = (path: Path, fits: (name: string) => boolean, remedy: string): void => {
    for (const name of names(path)) if (!fits(name)) problems.add(path, name, remedy);
  };
  const isName = (name: string) => NAME.test(name);
  const isVariable = (name: string) => VARIABLE.test(name);
  const isFree = (name: string) => !RESERVED.includes(name);
  check(["hosts"], isName, NOT_A_NAME);
  check(["applications"], isName, NOT_A_NAME);
  check(["applications"], isFree, "is a name that Slipway uses itself on a host; choose another");
  check(["notifications"], isName, NOT_A_NAME);
  check(["backups"], isName, NOT_A_NAME);
  check(["registries"], isRegistry, NOT_A_REGISTRY);
  for (const name of names(["hosts"])) check(["hosts", name, "allow"], isName, NOT_A_NAME);
  for (const name of names(["secrets"])) check(["secrets", name], isVariable, NOT_A_VARIABLE);
  for (const name of names(["backups"])) check(["backups", name, "environment"], isVariable, NOT_A_VARIABLE);
  for (const name of names(["applications"])) {
    check(["applications", name, "environment"], isVariable, NOT_A_VARIABLE);
    for (const key of ["images", "routes"])
      check(["applications", name, key], (service) => SERVICE.test(service), NOT_A_SERVICE);
  }
}

function checkConnection(problems: Problems, raw: unknown, path: Path): void {
  const keys = presentKeys(raw, path, ["privateKey", "privateKeyFile"]);
  if (at(raw, [...path, "agent"]) === true) keys.push("agent");
  const hostKeys = presentKeys(raw, path, ["hostKey", "hostKeyFile", "insecureIgnoreHostKey"]);
  if (keys.length > 1) problems.at(path, `has ${keys.join(" and ")}; keep one of them`);
  if (hostKeys.length > 1) problems.at(path, `has ${hostKeys.join(" and ")}; keep one of them`);
  if (hostKeys.length === 0) problems.at([...path, "hostKey"], hostKeyHint(at(raw, path)));
}

/** Caddy's own image has no module of any provider. */
function checkDns(problems: Problems, host: unknown, path: Path): void {
  const dns = at(host, ["proxy", "dns"]);
  if (!isMap(dns)) return;
  if (at(host, ["proxy", "image"]) === undefined)
    problems.at(
      [...path, "image"],
      `is missing, and Caddy's own image has no DNS module; name one that has dns.providers.${String(dns.provider)} (built with xcaddy, like "ghcr.io/anna/caddy-dns:2.11.9")`,
    );
  for (const key of ["options", "secretOptions"]) {
    for (const [option] of entries(dns, [key]))
      if (!OPTION.test(option))
        problems.add([...path, "dns", key], option, 'is not the name of an option, like "api_token"');
  }
  if (dns.token === undefined && !isMap(dns.secretOptions))
    problems.at([...path, "dns", "token"], "is missing; give it, or what the module asks for, in secretOptions");
}

function hostKeyHint(host: unknown): string {
  const [address, port] = [at(host, ["address"]), at(host, ["port"])];
  const target = typeof address === "string" && /^[A-Za-z0-9.:-]+$/.test(address) ? address : "<address>";
  const portOption = typeof port === "number" && port !== 22 ? ` -p ${port}` : "";
  return (
    `is missing, so nothing tells this machine from another that takes its place; run \`ssh-keyscan${portOption} -t ecdsa ${target}\`, ` +
    'compare it with the machine\'s own, and set hostKey to its "ecdsa-sha2-nistp256 AAAA…" (or hostKeyFile to a file with it, or insecureIgnoreHostKey to true)'
  );
}

function checkPassword(problems: Problems, raw: unknown, path: Path): void {
  const passwords = presentKeys(raw, path, ["password", "passwordFile"]);
  if (passwords.length > 1) problems.at(path, "has password and passwordFile; keep one of them");
  if (passwords.length > 0 || !isMap(at(raw, path))) return;
  const command = `pulumi config set --secret --path 'slipway:registries["${String(path[1])}"].password'`;
  problems.at([...path, "password"], `is missing; run \`${command}\`, or name a passwordFile`);
}

function checkApplication(problems: Problems, raw: unknown, application: string): void {
  const path = ["applications", application];
  const hosts = at(raw, [...path, "hosts"]);
  if (Array.isArray(hosts)) checkHosts(problems, raw, [...path, "hosts"], hosts);
  const version = at(raw, [...path, "version"]);
  if (at(raw, ["protected"]) !== true || typeof version !== "string") return;
  // What is wrong with it in any environment, the schema reports.
  if (versionProblem(version, { protected: false })) return;
  const remedy = versionProblem(version, { protected: true });
  if (remedy) problems.add([...path, "version"], version, remedy);
}

function checkHosts(problems: Problems, raw: unknown, path: Path, hosts: unknown[]): void {
  const known = entries(raw, ["hosts"]).map(([name]) => name);
  const isKnown = (host: unknown): host is string => typeof host === "string" && known.includes(host);
  for (const [index, host] of hosts.entries()) {
    if (typeof host !== "string") continue;
    if (!isKnown(host)) problems.add([...path, index], host, `is not a host${wayOut(host, known, "slipway:hosts")}`);
    else if (hosts.indexOf(host) !== index) problems.add([...path, index], host, "is named twice; remove one");
  }
  checkRoots(problems, raw, path, hosts.filter(isKnown));
}

/** A release names folders by their full path, and is the same on all hosts. */
function checkRoots(problems: Problems, raw: unknown, path: Path, hosts: string[]): void {
  const roots = hosts.map((host) => at(raw, ["hosts", host, "root"]) ?? DEFAULT_ROOT);
  if (new Set(roots).size < 2) return;
  const rootByHost = hosts.map((host, index) => `${host}: ${shown(roots[index])}`).join(", ");
  problems.at(
    path,
    `have different roots (${rootByHost}), and a release has one; give them the same root, or make it one application for each root`,
  );
}

function checkSecrets(problems: Problems, raw: unknown, application: string): void {
  const applications = entries(raw, ["applications"]).map(([name]) => name);
  const path = ["secrets", application];
  if (!applications.includes(application)) {
    const way = wayOut(application, applications, "slipway:applications");
    problems.add(path, application, `is not an application${way}`);
    return;
  }
  for (const [name] of entries(raw, path)) {
    if (at(raw, ["applications", application, "environment", name]) !== undefined)
      problems.at([...path, name], `is also in slipway:applications.${application}.environment; keep one of them`);
  }
}

/** On one host, a domain leads to one application. */
function checkDomains(problems: Problems, raw: unknown): void {
  const texts = (value: unknown): string[] => [value].flat().filter((text) => typeof text === "string");
  const routed = entries(raw, ["applications"]).map(([name, application]) => ({
    application: name,
    hosts: texts(at(application, ["hosts"])),
    domains: [...texts(at(application, ["domain"])), ...texts(ofRoutes(application))].map(
      (domain) => parseDomain(domain).host,
    ),
  }));
  for (const clash of domainClashes(routed)) {
    const path = ["applications", clash.application];
    const isOwn = texts(at(raw, [...path, "domain"])).some((domain) => parseDomain(domain).host === clash.domain);
    problems.add([...path, isOwn ? "domain" : "routes"], clash.domain, clashProblem(clash));
  }
}

/** Domains of the routes of an application's services. */
const ofRoutes = (application: unknown): unknown[] =>
  entries(application, ["routes"]).flatMap(([, routes]) =>
    [routes].flat().flatMap((route) => at(route, ["domain"]) ?? []),
  );

const presentKeys = (raw: unknown, path: Path, keys: string[]): string[] =>
  keys.filter((key) => at(raw, [...path, key]) !== undefined);
