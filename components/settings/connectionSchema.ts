import { isIP } from "node:net";
import { referenceProblem } from "../image/reference.ts";
import { parseDuration } from "../shared/duration.ts";
import { NAME } from "../shared/names.ts";
import { z } from "../shared/zod.ts";

/** A problem's message stands after the value: `slipway:hosts.web.port: 0 is not a port; …`. */
export const text = (hint: string) =>
  z.string({
    error: ({ input }) => (input === undefined ? `is missing; ${hint}` : undefined),
  });

/** A string that a rule judges; the rule gives what is wrong, or undefined. */
export const checked = (hint: string, problem: (value: string) => string | undefined) =>
  text(hint).superRefine((value, context) => {
    const message = problem(value);
    if (message) context.addIssue({ code: "custom", message });
  });

/** A map whose names `rules.ts` judges, as zod would leave out the values of wrong names; editors get the pattern. */
export const named = <T extends z.ZodType>(pattern: RegExp, value: T) =>
  z.record(z.string(), value).meta({ propertyNames: { pattern: pattern.source } });

/** Marks text that is never shown, and that the program gets as a secret Output. */
export const secret = <T extends z.ZodType<string>>(schema: T) => schema.meta({ secret: true }).brand<"secret">();
export type Secret = string & z.$brand<"secret">;

export const flag = z.boolean();

const PORT = "is not a port; write a number from 1 to 65535";
export const port = z.int(PORT).min(1, PORT).max(65535, PORT);

const ADDRESS = 'give the machine\'s name or IP address, like "203.0.113.7"';

export function addressProblem(address: string): string | undefined {
  if (isIP(address)) return undefined;
  if (address.includes("@")) return 'carries a user; write the user on its own: user: "deploy"';
  if (/^\[?[^:]+\]?:\d+$/.test(address)) return "carries a port; write the port on its own: port: 22";
  if (address.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address)) return undefined;
  return `is not an address; ${ADDRESS}`;
}

export const userProblem = (user: string) =>
  /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/.test(user)
    ? undefined
    : "is not a user name; it has up to 32 letters, digits, '_', '.', '-' and starts with a letter";

export const filled = (hint: string) =>
  checked(hint, (value) => (value.trim() === "" ? `is empty; ${hint}` : undefined));

const connection = {
  address: checked(ADDRESS, addressProblem).describe("Name or IP address to reach by SSH"),
  port: port.default(22).describe("SSH port"),
  user: checked("", userProblem)
    .default("deploy")
    .describe("SSH user: member of the group docker, or able to become root by sudo"),
  privateKey: secret(filled("give the private key's content")).optional().describe("Private key (secret)"),
  privateKeyFile: filled("give the path")
    .optional()
    .describe("Path of the private key, relative to the project; ~ is the home folder"),
  privateKeyPassword: secret(text("")).optional().describe("Password of the private key (secret)"),
  agent: flag.optional().describe("Ask the SSH agent; the default if no key is given"),
  hostKey: filled('give the line "ecdsa-sha2-nistp256 AAAA…"')
    .optional()
    .describe('The machine\'s public key: "ecdsa-sha2-nistp256 AAAA…". `ssh-keyscan -t ecdsa` prints it'),
  hostKeyFile: filled("give the path").optional().describe("Path of a file that holds the machine's public key"),
  insecureIgnoreHostKey: z
    .literal(true, "is not true; leave the key out, or set it to true to give up the check of the machine's identity")
    .optional()
    .describe("Do not check the machine's identity"),
};

const imageProblem = (image: string) => {
  const problem = referenceProblem(image);
  if (problem || /:[^/]+$|@/.test(image)) return problem;
  return 'names no version; add a tag or a digest, like "docker.io/library/caddy:2.11.9"';
};

export const DEFAULT_ROOT = "/opt";

const rootProblem = (root: string) =>
  /^(\/[A-Za-z0-9._-]+)+$/.test(root) && !/\/\.\.?(\/|$)/.test(root)
    ? undefined
    : "is not a usable folder; write an absolute path of letters, digits, '.', '_' and '-', like \"/opt\"";

const CADDY = "docker.io/library/caddy:2.11.9";

const trustedProblem = (text: string) =>
  text === "private_ranges" || z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]).safeParse(text).success
    ? undefined
    : 'is no network; write one like "10.0.0.0/8", or private_ranges';

const durationText = checked("", (value) =>
  parseDuration(value) === undefined
    ? 'is not a duration; write a number and a unit (ms, s, m, h), like "15s" or "2m"'
    : undefined,
);

const timeouts = z.strictObject({
  readHeader: durationText.optional().describe("For the header of a request"),
  readBody: durationText.optional().describe("For its body"),
  write: durationText.optional().describe("For the answer, from the end of the header on"),
  idle: durationText.optional().describe("Between two requests of a connection"),
});

const optionText = checked("", (value) =>
  /^[^\p{Cc}{}\\]{1,1000}$/u.test(value) ? undefined : "is not one line without braces and backslashes",
);

const moduleProblem = (name: string) =>
  /^[a-z][a-z0-9_]{0,50}$/.test(name) ? undefined : 'is not the name of a DNS module of Caddy, like "cloudflare"';

/** Names of options, as Caddy's modules write them. */
export const OPTION = /^[a-z][a-z0-9_]{0,50}$/;

const dns = z.strictObject({
  provider: checked('name Caddy\'s module, like "cloudflare"', moduleProblem).describe(
    "Caddy's module dns.providers.…, which `image` must have",
  ),
  token: secret(filled("give the token"))
    .optional()
    .describe("Its token (secret), where the module takes one as its argument"),
  options: named(OPTION, optionText).default({}).describe("Options of the module, by name"),
  secretOptions: named(OPTION, secret(filled("give the value")))
    .default({})
    .describe("Options that are secret, by name"),
});

const caProblem = (url: string) =>
  /^https:\/\/[^\s{}"\\]+$/.test(url)
    ? undefined
    : 'is not an ACME directory; write its URL, like "https://acme.zerossl.com/v2/DV90"';

const proxy = z.strictObject({
  enabled: flag.default(true).describe("Run Caddy on the host"),
  image: checked("", imageProblem).default(CADDY).describe("Caddy's image"),
  httpPort: port.default(80).describe("The host's port for HTTP"),
  httpsPort: port.default(443).describe("The host's port for HTTPS"),
  bind: z
    .union([z.ipv4(), z.ipv6()], 'is no IP address of the host; write one like "127.0.0.1", or leave it out for all')
    .optional()
    .describe("The host's address that it listens at: behind another proxy on the same machine, 127.0.0.1"),
  trustedProxies: z
    .array(checked("", trustedProblem))
    .default([])
    .describe("Proxies in front whose X-Forwarded headers are kept: networks like 10.0.0.0/8, or private_ranges"),
  email: z
    .email('is not an e-mail address; write one like "admin@example.org"')
    .optional()
    .describe("For the certificate authority's notices"),
  acmeCa: checked("", caProblem)
    .optional()
    .describe("ACME directory of the certificate authority; the default are Caddy's own, Let's Encrypt and ZeroSSL"),
  dns: dns
    .optional()
    .describe("Certificates by the DNS challenge, which wildcards need; `image` must have the provider's module"),
  timeouts: timeouts.optional().describe("How long clients may take; the defaults are Caddy's"),
  gracePeriod: durationText
    .optional()
    .describe("How long requests in flight get when the proxy reads other routes, or stops; the default is no limit"),
  protocols: z
    .array(z.enum(["h1", "h2", "h3"]))
    .min(1, "is empty; leave it out for all")
    .optional()
    .describe("Protocols of HTTP that it speaks; the default is all of them"),
  localCertificates: flag.default(false).describe("Caddy signs certificates itself: for names without public DNS"),
});

const hardening = z.strictObject({
  sshPasswordLogin: z.enum(["off", "keep"]).default("keep").describe('"off" forbids logins by password'),
  firewall: flag.default(false).describe("Let in SSH and the proxy's ports, nothing else"),
  unattendedUpgrades: flag.default(false).describe("Install security updates daily"),
});

const allowanceProblem = (key: string) =>
  /^([a-z][a-z0-9_]*|\*)$/.test(key)
    ? undefined
    : 'is not a key of a Compose file; write the one that the host\'s refusal names, like "cap_add", or "*"';

/** What says how a connection comes to its keys, and is of no use once it has them. */
export const ONLY_WRITTEN = ["privateKeyFile", "hostKeyFile", "insecureIgnoreHostKey"] as const;

export const bastionSchema = z.strictObject(connection);

export const hostSchema = z.strictObject({
  ...connection,
  bastion: bastionSchema.optional().describe("Jump host on the way to this one"),
  proxy: z
    .union([
      proxy,
      z
        .literal(false)
        .transform(() => proxy.parse({ enabled: false }))
        .describe("None: services publish their ports by themselves"),
    ])
    .prefault({}),
  install: flag.default(true).describe("Install Docker Engine and Compose where they are missing"),
  hardening: hardening.prefault({}),
  look: flag.default(true).describe("Read at preview what the host runs"),
  allow: named(NAME, z.array(checked("", allowanceProblem)))
    .default({})
    .describe(
      'Keys of a Compose file that pipelines\' deploy keys may use though they lead out of the container, by application; "*" lifts every limit',
    ),
  root: checked("", rootProblem).default(DEFAULT_ROOT).describe("Folder that holds one folder per application"),
});
