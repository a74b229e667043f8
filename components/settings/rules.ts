import { isRegistry } from "../image/reference.ts";
import { versionProblem } from "../image/version.ts";
import { clashProblem, domainClashes, parseDomain } from "../shared/domains.ts";
import { NAME, RESERVED, SERVICE, VARIABLE } from "../shared/names.ts";
import { shown } from "../shared/text.ts";
import { DEFAULT_ROOT } from "./connectionSchema.ts";
import { githubRules } from "./githubRules.ts";
import { at, entries, isMap, type Problem, wayOut } from "./problems.ts";

/**
 * Rules between fields. They read the raw settings, tolerant of everything else that may be wrong with them, so that
 * one run shows all problems.
 */
type Path = PropertyKey[];

export function rules(raw: unknown): Problem[] {
  const hosts = entries(raw, ["hosts"]);
  return [
    ...nameRules(raw),
    ...hosts.flatMap(([name]) => connectionRules(raw, ["hosts", name])),
    ...hosts
      .filter(([, host]) => isMap(at(host, ["bastion"])))
      .flatMap(([name]) => connectionRules(raw, ["hosts", name, "bastion"])),
    ...entries(raw, ["registries"]).flatMap(([name]) => passwordRule(raw, ["registries", name])),
    ...entries(raw, ["applications"]).flatMap(([name]) => applicationRules(raw, name)),
    ...entries(raw, ["secrets"]).flatMap(([name]) => secretRules(raw, name)),
    ...domainRules(raw),
    ...githubRules(raw),
  ];
}

const NOT_A_NAME =
  "is not a valid name; use 2 to 40 lowercase letters, digits and '-', starting with a letter, like \"web-1\"";
const NOT_A_SERVICE = "is not a valid name for a service; use letters, digits, '.', '_' and '-', like \"worker\"";
const NOT_A_VARIABLE =
  "is not a valid name for an environment variable; use letters, digits and '_', like \"DATABASE_URL\"";
const NOT_A_REGISTRY = 'is not a registry; write host[:port], like "ghcr.io" or "registry.example.org:5000"';

function nameRules(raw: unknown): Problem[] {
  const wrongNames = (path: Path, fits: (name: string) => boolean, message: string): Problem[] =>
    entries(raw, path)
      .filter(([name]) => !fits(name))
      .map(([name]) => ({ path, message: `${shown(name)} ${message}` }));
  const isName = (name: string) => NAME.test(name);
  const isVariable = (name: string) => VARIABLE.test(name);
  return [
    ...wrongNames(["hosts"], isName, NOT_A_NAME),
    ...wrongNames(["applications"], isName, NOT_A_NAME),
    ...wrongNames(
      ["applications"],
      (name) => !RESERVED.includes(name),
      "is a name that Slipway uses itself on a host; choose another",
    ),
    ...wrongNames(["registries"], isRegistry, NOT_A_REGISTRY),
    ...entries(raw, ["secrets"]).flatMap(([name]) => wrongNames(["secrets", name], isVariable, NOT_A_VARIABLE)),
    ...entries(raw, ["applications"]).flatMap(([name]) => [
      ...wrongNames(["applications", name, "environment"], isVariable, NOT_A_VARIABLE),
      ...wrongNames(["applications", name, "images"], (service) => SERVICE.test(service), NOT_A_SERVICE),
    ]),
  ];
}

function connectionRules(raw: unknown, path: Path): Problem[] {
  const keys = presentKeys(raw, path, ["privateKey", "privateKeyFile"]);
  if (at(raw, [...path, "agent"]) === true) keys.push("agent");
  const hostKeys = presentKeys(raw, path, ["hostKey", "hostKeyFile", "insecureIgnoreHostKey"]);
  const problems: Problem[] = [];
  if (keys.length > 1) problems.push({ path, message: `has ${keys.join(" and ")}; keep one of them` });
  if (hostKeys.length > 1) problems.push({ path, message: `has ${hostKeys.join(" and ")}; keep one of them` });
  if (hostKeys.length === 0) problems.push({ path: [...path, "hostKey"], message: hostKeyHint(at(raw, path)) });
  return problems;
}

function hostKeyHint(host: unknown): string {
  const [address, port] = [at(host, ["address"]), at(host, ["port"])];
  const target = typeof address === "string" && /^[A-Za-z0-9.:-]+$/.test(address) ? address : "<address>";
  const other = typeof port === "number" && port !== 22 ? ` -p ${port}` : "";
  return (
    `is missing, so nothing tells this machine from another that takes its place; run \`ssh-keyscan${other} -t ecdsa ${target}\`, ` +
    'compare it with the machine\'s own, and set hostKey to its "ecdsa-sha2-nistp256 AAAA…" (or hostKeyFile to a file with it, or insecureIgnoreHostKey to true)'
  );
}

function passwordRule(raw: unknown, path: Path): Problem[] {
  const passwords = presentKeys(raw, path, ["password", "passwordFile"]);
  if (passwords.length > 1) return [{ path, message: "has password and passwordFile; keep one of them" }];
  if (passwords.length === 1 || !isMap(at(raw, path))) return [];
  const command = `pulumi config set --secret --path 'slipway:registries["${String(path[1])}"].password'`;
  return [{ path: [...path, "password"], message: `is missing; run \`${command}\`, or name a passwordFile` }];
}

function applicationRules(raw: unknown, application: string): Problem[] {
  const path = ["applications", application];
  const problems: Problem[] = [];
  const known = entries(raw, ["hosts"]).map(([name]) => name);
  const wanted = at(raw, [...path, "hosts"]);
  if (Array.isArray(wanted)) {
    wanted.forEach((host, index) => {
      if (typeof host !== "string") return;
      const here = [...path, "hosts", index];
      if (!known.includes(host))
        problems.push({ path: here, message: `${shown(host)} is not a host${wayOut(host, known, "slipway:hosts")}` });
      else if (wanted.indexOf(host) !== index)
        problems.push({ path: here, message: `${shown(host)} is named twice; remove one` });
    });
    problems.push(
      ...rootRule(
        raw,
        [...path, "hosts"],
        wanted.filter((host) => known.includes(host)),
      ),
    );
  }
  const version = at(raw, [...path, "version"]);
  if (
    at(raw, ["protected"]) === true &&
    typeof version === "string" &&
    !versionProblem(version, { protected: false })
  ) {
    const message = versionProblem(version, { protected: true });
    if (message) problems.push({ path: [...path, "version"], message: `${shown(version)} ${message}` });
  }
  return problems;
}

/** A release names folders by their full path, and is the same on all hosts. */
function rootRule(raw: unknown, path: Path, hosts: string[]): Problem[] {
  const roots = hosts.map((host) => at(raw, ["hosts", host, "root"]) ?? DEFAULT_ROOT);
  if (new Set(roots).size < 2) return [];
  const each = hosts.map((host, index) => `${host}: ${shown(roots[index])}`).join(", ");
  return [
    {
      path,
      message: `have different roots (${each}), and a release has one; give them the same root, or make it one application for each root`,
    },
  ];
}

function secretRules(raw: unknown, application: string): Problem[] {
  const applications = entries(raw, ["applications"]).map(([name]) => name);
  const path = ["secrets", application];
  if (!applications.includes(application)) {
    return [
      {
        path,
        message: `${shown(application)} is not an application${wayOut(application, applications, "slipway:applications")}`,
      },
    ];
  }
  return entries(raw, path)
    .filter(([name]) => at(raw, ["applications", application, "environment", name]) !== undefined)
    .map(([name]) => ({
      path: [...path, name],
      message: `is also in slipway:applications.${application}.environment; keep one of them`,
    }));
}

/** On one host, a domain leads to one application. */
function domainRules(raw: unknown): Problem[] {
  const texts = (value: unknown): string[] => [value].flat().filter((text) => typeof text === "string");
  const all = entries(raw, ["applications"]).map(([name, application]) => ({
    application: name,
    hosts: texts(at(application, ["hosts"])),
    domains: texts(at(application, ["domain"])).map((domain) => parseDomain(domain).host),
  }));
  return domainClashes(all).map((clash) => ({
    path: ["applications", clash.application, "domain"],
    message: `${shown(clash.domain)} ${clashProblem(clash)}`,
  }));
}

const presentKeys = (raw: unknown, path: Path, keys: string[]): string[] =>
  keys.filter((key) => at(raw, [...path, key]) !== undefined);
