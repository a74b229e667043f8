import { canonicalRegistry } from "../image/reference.ts";
import { defined, mapValues, omit } from "../shared/records.ts";
import { ONLY_WRITTEN } from "./connectionSchema.ts";
import type { Contents } from "./contents.ts";
import { place } from "./problems.ts";
import type { Written, WrittenConnection } from "./schema.ts";
import type { Connection, GitHubSettings, HostSettings, RegistrySettings, Settings } from "./types.ts";

/** Brings checked settings into their one shape: shorthands resolved, files replaced by what they hold. */
export function resolveSettings(written: Written, contents: Contents): Settings {
  return {
    ...written,
    hosts: mapValues(written.hosts, (host, name) => hostOf(host, name, contents)),
    registries: Object.fromEntries(
      Object.entries(written.registries).map(([name, registry]) => [
        canonicalRegistry(name),
        registryOf(registry, name, contents),
      ]),
    ),
    applications: mapValues(written.applications, ({ domain, ...rest }) => ({
      ...rest,
      ...defined({ domains: domain === undefined ? undefined : [domain].flat() }),
    })),
    github: githubOf(written.github, contents),
  };
}

function hostOf({ bastion, ...own }: Written["hosts"][string], name: string, contents: Contents): HostSettings {
  return {
    ...omit(own, ...ONLY_WRITTEN),
    ...keysOf(own, ["hosts", name], contents),
    ...defined({ bastion: bastion && bastionOf(bastion, ["hosts", name, "bastion"], contents) }),
  };
}

function bastionOf(written: WrittenConnection, path: string[], contents: Contents): Connection {
  return { ...omit(written, ...ONLY_WRITTEN), ...keysOf(written, path, contents) };
}

function keysOf(written: WrittenConnection, path: string[], contents: Contents) {
  const privateKey = written.privateKey ?? contents.get(place([...path, "privateKeyFile"]));
  const hostKey = contents.get(place([...path, "hostKey"])) ?? contents.get(place([...path, "hostKeyFile"]));
  return { agent: written.agent ?? privateKey === undefined, ...defined({ privateKey, hostKey }) };
}

function registryOf(
  { passwordFile: _, ...own }: Written["registries"][string],
  name: string,
  contents: Contents,
): RegistrySettings {
  return { ...own, password: own.password ?? contents.get(place(["registries", name, "passwordFile"])) ?? "" };
}

function githubOf({ tokenFile: _, ...own }: Written["github"], contents: Contents): GitHubSettings {
  return { ...own, ...defined({ token: own.token ?? contents.get(place(["github", "tokenFile"])) }) };
}
