/** What goes to a host through stdin, never as an argument, because it may contain secrets. The host's scripts read it with jq. */
import { z } from "../shared/zod.ts";

const login = z.strictObject({
  server: z.string().describe("Registry, host[:port]"),
  username: z.string(),
  password: z.string(),
});

/** The input of `slipway stage` and `slipway deploy`. */
export const releaseInputSchema = z.strictObject({
  files: z.strictObject({
    "compose.yaml": z.string(),
    "manifest.json": z.string(),
    ".env": z.string(),
  }),
  secretFiles: z
    .record(
      z.string().regex(/^[0-9a-f]+\/[A-Za-z0-9_]+$/),
      z.strictObject({
        content: z.string(),
        owner: z.int().min(0).optional().describe("Id of the user that reads it; absent: whoever deploys"),
        open: z.literal(true).optional().describe("Every user of a container that mounts it may read it"),
        base64: z.literal(true).optional().describe("The content is no text, and written in Base64"),
        sha256: z.string().optional().describe("Digest of a file that whoever deploys can read"),
      }),
    )
    .describe("Secrets that services, or Compose, read as files, by path below secrets/"),
  releaseFiles: z
    .record(
      z.string().regex(/^[0-9a-f]{16}$/),
      z.strictObject({
        files: z.array(
          z.strictObject({
            path: z.string(),
            size: z.int().min(0),
            sha256: z.string(),
            executable: z.literal(true).optional(),
          }),
        ),
        data: z.string().describe("Contents of the files, one behind the other, compressed (gzip), in Base64"),
      }),
    )
    .optional()
    .describe("Files that services mount, by folder below release-files/, which is named by their content"),
  registries: z.array(login).describe("Logins for the pull, forgotten afterwards"),
});
export type ReleaseInput = z.output<typeof releaseInputSchema>;

/** The input of `bootstrap.sh`, which prepares a host. */
export const hostRequestSchema = z.strictObject({
  token: z.string().describe("Identifies the preparation; the host remembers it"),
  install: z.boolean().describe("Whether Docker Engine and other missing packages may be installed"),
  sshPort: z.int(),
  proxy: z.strictObject({
    enabled: z.boolean(),
    image: z.string(),
    httpPort: z.int(),
    httpsPort: z.int(),
    module: z.string().optional().describe("A module of Caddy that the image must have"),
  }),
  files: z.strictObject({ compose: z.string(), Caddyfile: z.string() }).describe("The proxy's files"),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .describe("Files below proxy/dns/ that the Caddyfile names, for the proxy alone to read"),
  hardening: z.strictObject({
    ssh_password_login_off: z.boolean(),
    firewall: z.boolean(),
    unattended_upgrades: z.boolean(),
  }),
  registries: z.array(login).describe("Logins for the pull of the proxy's image"),
  allow: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe("What deploy keys may do beyond what is harmless: keys of a Compose file by application"),
  deployKeys: z.strictObject({
    stack: z.string().describe('"<project>/<stack>": the owner of the keys'),
    lines: z.array(z.string()).describe("Lines of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT)"),
  }),
  notifications: z
    .strictObject({
      fingerprint: z.string().describe("Of all the rest; the host tells it"),
      host: z.string().describe("The host's name in the stack's settings"),
      applications: z.array(z.string()).describe("Those that the stack runs on this host"),
      targets: z.array(
        z.strictObject({
          name: z.string(),
          url: z.string().describe("Address, with its token"),
          on: z.array(z.string()),
          applications: z.array(z.string()).optional().describe("Absent: all of the stack"),
        }),
      ),
    })
    .optional()
    .describe("Who is told of the applications of the stack that owns the deploy keys; absent: nobody"),
  backups: z
    .strictObject({
      fingerprint: z.string().describe("Of all the rest; the host tells it"),
      host: z.string().describe("The host's name in the stack's settings"),
      applications: z.array(z.string()).describe("Those that the stack runs on this host"),
      destinations: z.array(
        z.strictObject({
          name: z.string(),
          repository: z.string().describe("As restic takes it; each application has its own below it"),
          password: z.string(),
          environment: z
            .record(z.string(), z.string())
            .optional()
            .describe("Variables for restic, with keys of a storage"),
          limitUpload: z.int().optional().describe("KiB/s"),
          limitDownload: z.int().optional().describe("KiB/s"),
        }),
      ),
    })
    .optional()
    .describe("Where the data of the applications of that stack goes; absent: nowhere"),
});
export type HostRequest = z.output<typeof hostRequestSchema>;
export type DeployKeys = HostRequest["deployKeys"];
