/** What goes to a host on stdin: never as an argument, as it may hold secrets. The host's scripts read it by jq. */
import { z } from "zod";

const login = z.strictObject({
  server: z.string().describe("Registry, host[:port]"),
  username: z.string(),
  password: z.string(),
});

/** Of `slipway stage` and `slipway deploy`. */
export const releaseInputSchema = z.strictObject({
  files: z.strictObject({
    "compose.yaml": z.string(),
    "manifest.json": z.string(),
    ".env": z.string(),
    "route.caddy": z.string().optional().describe("The proxy's route; absent for an application without a domain"),
  }),
  secretFiles: z
    .record(
      z.string().regex(/^[0-9a-f]+\/[A-Za-z0-9_]+$/),
      z.strictObject({ content: z.string(), owner: z.int().min(0).describe("User id that reads it") }),
    )
    .describe("Secrets that services read as files, by their path below secrets/"),
  registries: z.array(login).describe("Logins for the pull, forgotten after it"),
});
export type ReleaseInput = z.output<typeof releaseInputSchema>;

/** Of `bootstrap.sh`, which prepares a host. */
export const hostRequestSchema = z.strictObject({
  token: z.string().describe("Says which preparation this is; the host remembers it"),
  install: z.boolean().describe("Docker Engine and the like may be installed"),
  sshPort: z.int(),
  proxy: z.strictObject({ enabled: z.boolean(), image: z.string(), httpPort: z.int(), httpsPort: z.int() }),
  files: z.strictObject({ compose: z.string(), Caddyfile: z.string() }).describe("Files of the proxy"),
  hardening: z.strictObject({
    ssh_password_login_off: z.boolean(),
    firewall: z.boolean(),
    unattended_upgrades: z.boolean(),
  }),
  registries: z.array(login).describe("Logins for the pull of the proxy's image"),
  deployKeys: z.strictObject({
    stack: z.string().describe('"<project>/<stack>": whose they are'),
    lines: z.array(z.string()).describe("Lines of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT)"),
  }),
});
export type HostRequest = z.output<typeof hostRequestSchema>;
export type DeployKeys = HostRequest["deployKeys"];
