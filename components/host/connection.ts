/**
 * A host's settings as the `command` plugin and the look want them. The plugin finds the agent itself, by SSH_AUTH_SOCK:
 * a path in its inputs would be another one at every login, and dead when a resource is deleted.
 */

import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HostSeen } from "../protocol/inspect.ts";
import type { Connection, HostSettings } from "../settings/types.ts";
import { look, type Reach } from "./look.ts";

type Secret = pulumi.Output<string>;

function one(connection: Connection<Secret>) {
  return {
    host: connection.address,
    port: connection.port,
    user: connection.user,
    ...(connection.hostKey === undefined ? {} : { hostKey: connection.hostKey }),
    ...(connection.privateKey === undefined ? {} : { privateKey: connection.privateKey }),
    ...(connection.privateKeyPassword === undefined ? {} : { privateKeyPassword: connection.privateKeyPassword }),
  };
}

/** The arguments of `command.remote.Command`. A host that does not answer is given up after a few tries, not after minutes. */
export function commandConnection(host: HostSettings<Secret>): pulumi.Input<types.input.remote.ConnectionArgs> {
  return {
    ...one(host),
    dialErrorLimit: 3,
    perDialTimeout: 10,
    ...(host.bastion ? { proxy: { ...one(host.bastion), dialErrorLimit: 3, perDialTimeout: 10 } } : {}),
  };
}

function plain(connection: Connection<Secret>): pulumi.Output<Omit<Reach, "bastion">> {
  const { address, port, user, agent, hostKey } = connection;
  return pulumi
    .all([connection.privateKey, connection.privateKeyPassword])
    .apply(([privateKey, privateKeyPassword]) => ({
      address,
      port,
      user,
      agent,
      ...(hostKey === undefined ? {} : { hostKey }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }),
    }));
}

function reach(host: HostSettings<Secret>): pulumi.Output<Reach> {
  return pulumi
    .all([plain(host), host.bastion ? plain(host.bastion) : undefined])
    .apply(([direct, bastion]) => ({ ...direct, ...(bastion === undefined ? {} : { bastion }) }));
}

export type Looked = { seen: HostSeen } | { error: Error };

/** Whether a host is looked at at all: its own settings and SLIPWAY_LOOK say so. */
export const looksAt = (host: HostSettings<unknown>): boolean => host.look && process.env.SLIPWAY_LOOK !== "off";

/** Begins to look at a host, so that other things can be done meanwhile. Never fails; what went wrong is in the value. */
export function beginLook(host: HostSettings<Secret>): pulumi.Output<Looked> {
  return pulumi.unsecret(reach(host)).apply((target) =>
    look(target, host.root).then(
      (seen): Looked => ({ seen }),
      (error: unknown): Looked => ({ error: error as Error }),
    ),
  ) as pulumi.Output<Looked>;
}
