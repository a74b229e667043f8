/**
 * A host's settings as the `command` plugin and the look want them. The plugin finds the agent itself, by SSH_AUTH_SOCK:
 * a path in its inputs would be another one at every login, and dead when a resource is deleted.
 */

import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, HostSettings } from "../settings/types.ts";
import { defined } from "../shared/records.ts";
import { type Inspected, look } from "./look.ts";
import type { Reach } from "./reach.ts";

type Secret = pulumi.Output<string>;

/** A host that does not answer is given up after a few tries, not after minutes. */
function hopOf({ address, port, user, hostKey, privateKey, privateKeyPassword }: Connection<Secret>) {
  return {
    host: address,
    port,
    user,
    ...defined({ hostKey, privateKey, privateKeyPassword }),
    dialErrorLimit: 3,
    perDialTimeout: 10,
  };
}

/** The arguments of `command.remote.Command`. */
export function commandConnection(host: HostSettings<Secret>): pulumi.Input<types.input.remote.ConnectionArgs> {
  return { ...hopOf(host), ...defined({ proxy: host.bastion && hopOf(host.bastion) }) };
}

function plainConnection(connection: Connection<Secret>): pulumi.Output<Omit<Reach, "bastion">> {
  const { address, port, user, agent, hostKey } = connection;
  return pulumi
    .all([connection.privateKey, connection.privateKeyPassword])
    .apply(([privateKey, privateKeyPassword]) => ({
      address,
      port,
      user,
      agent,
      ...defined({ hostKey, privateKey, privateKeyPassword }),
    }));
}

function reachOf(host: HostSettings<Secret>): pulumi.Output<Reach> {
  return pulumi
    .all([plainConnection(host), host.bastion && plainConnection(host.bastion)])
    .apply(([direct, bastion]) => ({ ...direct, ...defined({ bastion }) }));
}

export type Looked = { seen: Inspected } | { error: Error };

/** Whether a host is looked at at all: its own settings and SLIPWAY_LOOK say so. */
export const looksAt = (host: HostSettings<unknown>): boolean => host.look && process.env.SLIPWAY_LOOK !== "off";

/** Begins to look at a host, so that other things can be done meanwhile. Never fails; what went wrong is in the value. */
export function beginLook(host: HostSettings<Secret>): pulumi.Output<Looked> {
  const { enabled, httpPort, httpsPort } = host.proxy;
  return pulumi.unsecret(reachOf(host)).apply((target) =>
    look(target, host.root, { ports: enabled ? [httpPort, httpsPort] : [] }).then(
      (seen): Looked => ({ seen }),
      (error: unknown): Looked => ({ error: error as Error }),
    ),
  ) as pulumi.Output<Looked>;
}
