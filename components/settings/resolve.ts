import { canonicalRegistry } from "../image/reference.ts";
import { defined, mapValues } from "../shared/records.ts";
import type { Contents } from "./contents.ts";
import { place } from "./problems.ts";
import type { Written, WrittenConnection } from "./schema.ts";
import type { Connection, GitHubSettings, HostSettings, RegistrySettings, Settings } from "./types.ts";

/** Brings checked settings into their one shape: shorthands resolved, files replaced by what they hold. */
export function resolveSettings(written: Written, contents: Contents): Settings {
  return {
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
    secrets: written.secrets,
    github: githubOf(written.github, contents),
    repositories: written.repositories,
    protected: written.protected,
    exports: written.exports,
  };
}

function hostOf(
  { proxy, install, hardening, look, root, bastion, ...own }: Written["hosts"][string],
  name: string,
  contents: Contents,
): HostSettings {
  return {
    ...connectionOf(own, ["hosts", name], contents),
    proxy,
    install,
    hardening,
    look,
    root,
    ...defined({ bastion: bastion && connectionOf(bastion, ["hosts", name, "bastion"], contents) }),
  };
}

function connectionOf(written: WrittenConnection, path: string[], contents: Contents): Connection {
  const { address, port, user, agent, privateKeyPassword } = written;
  const privateKey = written.privateKey ?? contents.get(place([...path, "privateKeyFile"]));
  const hostKey = contents.get(place([...path, "hostKey"])) ?? contents.get(place([...path, "hostKeyFile"]));
  return {
    address,
    port,
    user,
    agent: agent ?? privateKey === undefined,
    ...defined({ privateKey, privateKeyPassword, hostKey }),
  };
}

function registryOf(
  { username, password, insecureSkipVerify }: Written["registries"][string],
  name: string,
  contents: Contents,
): RegistrySettings {
  return {
    username,
    password: password ?? contents.get(place(["registries", name, "passwordFile"])) ?? "",
    insecureSkipVerify,
  };
}

function githubOf({ tokenFile: _, ...own }: Written["github"], contents: Contents): GitHubSettings {
  return { ...own, ...defined({ token: own.token ?? contents.get(place(["github", "tokenFile"])) }) };
}
