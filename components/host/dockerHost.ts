import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Circumstances } from "../policies/facts.ts";
import { prepareCommand, retireCommand } from "../protocol/commands.ts";
import type { DeployKeys, HostRequest } from "../protocol/input.ts";
import type { HostSeen } from "../protocol/inspect.ts";
import type { HostSettings, ProxySettings, Settings } from "../settings/types.ts";
import { hashOf } from "../shared/hash.ts";
import { inOwnWords } from "../shared/ownWords.ts";
import { defined, omit } from "../shared/records.ts";
import { keptToken } from "../state/lastState.ts";
import { type BackupDestinations, backupsOf } from "./backups.ts";
import { beginLook, commandConnection, type Looked, looksAt } from "./connection.ts";
import { deployKeysOf, hasKeys } from "./deployKeys.ts";
import { wayOnWithout } from "./gone.ts";
import { readScripts, renderInstall } from "./install.ts";
import { hostFacts } from "./judged.ts";
import type { Inspected } from "./look.ts";
import { isTold, notificationsOf } from "./notifications.ts";
import { renderCaddyfile, renderProxyCompose } from "./proxy.ts";
import { type DnsFiles, dnsFiles, dnsSecrets } from "./proxyDns.ts";
import { OtherHostKey } from "./reach.ts";
import { type Survey, tellPreparation } from "./survey.ts";

export interface Login {
  server: string;
  username: string;
  password: pulumi.Input<string>;
}

export interface DockerHostArgs {
  settings: HostSettings<pulumi.Output<string>>;
  /** Registries that the proxy's image may come from. */
  registries?: Login[];
  /** The token of a new deployment; see `freshToken`. */
  fresh: string;
  /** Pipelines' public keys, which may only deploy `applications`. @default none */
  deployKeys?: pulumi.Input<string>[];
  /** Applications that the stack runs here. */
  applications?: string[];
  /** Who is notified of them, by `slipway:notifications`. @default nobody */
  notifications?: Settings<pulumi.Output<string>>["notifications"];
  /** Where backups of their data go, by `slipway:backups`: of each application those that it names. @default nowhere */
  backups?: BackupDestinations<pulumi.Output<string>>;
  /** An inspection that has already been started. @default the component starts one itself */
  looked?: pulumi.Output<Looked>;
  /** What rules judge of it beside its settings. @default a host of an environment that is not protected, without exemptions */
  circumstances?: Circumstances;
  transform?: (args: remote.CommandArgs) => remote.CommandArgs;
}

const BELIEVED = "The plan shows what the state believes, not what the host runs.";

/**
 * A machine that runs applications: Docker Engine, Compose, the proxy, the folders, and the host's scripts.
 * Whatever is already in place is left alone.
 * @example new DockerHost("host-1", { settings: settings.hosts["host-1"], fresh: freshToken() })
 */
export class DockerHost extends pulumi.ComponentResource {
  readonly connection: pulumi.Input<types.input.remote.ConnectionArgs>;
  readonly root: string;
  /** Whether it runs the proxy by these settings. */
  readonly proxied: boolean;
  /** What the host runs; undefined when it was not inspected or cannot be reached. */
  readonly seen: pulumi.Output<Inspected | undefined>;
  /** Resolves when the host is prepared. */
  readonly ready: remote.Command;

  constructor(name: string, args: DockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const { settings, circumstances = { protected: false, exemptions: {} } } = args;
    const policies = omit(hostFacts(name, settings, circumstances), "subject", "name");
    super("slipway:host:DockerHost", name, { address: settings.address, policies }, opts);
    this.connection = commandConnection(args.settings);
    this.root = args.settings.root;
    this.proxied = args.settings.proxy.enabled;
    this.seen = this.inspect(name, args);
    this.ready = this.prepare(name, args);
    this.registerOutputs({ address: args.settings.address });
  }

  private inspect(name: string, { settings, looked }: DockerHostArgs): pulumi.Output<Inspected | undefined> {
    if (!looksAt(settings)) {
      const switchedOffBy = settings.look ? "SLIPWAY_LOOK=off" : `slipway:hosts.${name}.look`;
      void pulumi.log.warn(`${name} (${settings.address}) is not inspected (${switchedOffBy}). ${BELIEVED}`, this);
      return pulumi.output(undefined);
    }
    return (looked ?? beginLook(settings)).apply(async (result) => {
      if ("seen" in result) {
        if (result.seen.survey) await this.tellPreparation(name, settings, result.seen.survey);
        return result.seen;
      }
      if (result.error instanceof OtherHostKey)
        throw inOwnWords(new pulumi.RunError(`slipway:hosts.${name}: ${result.error.message}`));
      const text = `${name} (${settings.address}) could not be inspected: ${result.error.message}. ${BELIEVED}`;
      const urn = await new Promise<string>((done) => void this.urn.apply(done));
      await pulumi.log.warn(`${text} ${wayOnWithout(name, urn)}`, this);
      return undefined;
    }) as pulumi.Output<Inspected | undefined>;
  }

  /** @throws RunError with everything for which the first preparation would fail */
  private async tellPreparation(name: string, settings: HostSettings<unknown>, survey: Survey): Promise<void> {
    const { plan, problem } = tellPreparation(name, settings, survey);
    if (problem !== undefined) throw inOwnWords(new pulumi.RunError(problem));
    await pulumi.log.info(plan, this);
  }

  private prepare(name: string, args: DockerHostArgs): remote.Command {
    const scripts = readScripts();
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const { proxy } = args.settings;
    const dns = pulumi.output(proxy.dns) as pulumi.Output<ProxySettings["dns"]>;
    // Names of files say nothing of what is in them: neither the token nor the plan becomes a secret.
    const files = pulumi.unsecret(dns.apply((given) => given && dnsFiles(given)));
    const request = pulumi
      .all([pulumi.all(args.deployKeys ?? []), files])
      .apply(([keys, named]) =>
        hostRequest(args.settings, deployKeysOf(args.settings.root, stack, args.applications ?? [], keys), named),
      );
    const told = pulumi.output(args.notifications ?? {}) as pulumi.Output<Settings["notifications"]>;
    const notifications = told.apply((targets) => notificationsOf(name, args.applications ?? [], targets));
    const mark = pulumi.unsecret(notifications.apply((wanted) => wanted?.fingerprint));
    const kept = pulumi.output(args.backups ?? {}) as pulumi.Output<BackupDestinations>;
    const backups = kept.apply((destinations) => backupsOf(name, args.applications ?? [], destinations));
    const backupsMark = pulumi.unsecret(backups.apply((wanted) => wanted?.fingerprint));
    const token = pulumi.all([this.seen, request, mark, backupsMark]).apply(async ([seen, wanted, marked, keeps]) => {
      const { deployKeys, ...shared } = wanted;
      // Several stacks may share this host; each knows only its own keys.
      const declared = hashOf([scripts, shared]);
      const agrees = ({ host }: HostSeen): boolean =>
        host.token.startsWith(declared) &&
        host.watched !== false &&
        (host.proxyRuns || !proxy.enabled) &&
        hasKeys(host.deployKeys, deployKeys) &&
        isTold(host.notifications, stack, marked) &&
        isTold(host.backups, stack, keeps);
      if (seen === undefined) return (await keptToken(`${name}-host`)) ?? `${declared} ${args.fresh}`;
      if (seen.host.token !== "" && proxy.enabled && !seen.host.proxyRuns) {
        await pulumi.log.warn(
          `${name}: the proxy (container slipway-proxy) does not run, so no application on this host can be reached`,
          this,
        );
      }
      if (seen.host.watched === false) {
        await pulumi.log.warn(
          `${name}: its crontab has no line for Slipway, so nobody looks for deployments that were interrupted`,
          this,
        );
      }
      return agrees(seen) ? seen.host.token : `${declared} ${args.fresh}`;
    });
    const command = token.apply(prepareCommand);
    const inputs = pulumi.all([token, request, args.registries ?? [], dns, notifications, backups]);
    const stdin = inputs.apply(([text, wanted, registries, given, notified, keeps]) =>
      renderInstall(args.settings.root, scripts, {
        ...wanted,
        ...defined({ notifications: notified, backups: keeps }),
        ...(given && { secrets: dnsSecrets(given) }),
        token: text,
        registries,
      }),
    );
    const commandArgs: remote.CommandArgs = {
      connection: this.connection,
      create: command,
      update: command,
      delete: retireCommand(args.settings.root, stack),
      stdin: pulumi.secret(stdin),
      addPreviousOutputInEnv: false,
    };
    return new remote.Command(`${name}-host`, args.transform ? args.transform(commandArgs) : commandArgs, {
      parent: this,
    });
  }
}

function hostRequest(
  settings: HostSettings<unknown>,
  deployKeys: DeployKeys,
  dns: DnsFiles | undefined,
): Omit<HostRequest, "token" | "registries" | "secrets" | "notifications" | "backups"> {
  return {
    deployKeys,
    allow: settings.allow,
    install: settings.install,
    sshPort: settings.port,
    proxy: {
      enabled: settings.proxy.enabled,
      image: settings.proxy.image,
      httpPort: settings.proxy.httpPort,
      httpsPort: settings.proxy.httpsPort,
      ...(dns && { module: `dns.providers.${dns.provider}` }),
    },
    files: { compose: renderProxyCompose(settings.proxy), Caddyfile: renderCaddyfile(settings.proxy, dns) },
    hardening: {
      ssh_password_login_off: settings.hardening.sshPasswordLogin === "off",
      firewall: settings.hardening.firewall,
      unattended_upgrades: settings.hardening.unattendedUpgrades,
    },
  };
}
