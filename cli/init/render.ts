/** The files of a project, from what was seen in the repository and what was answered. */
import { posix } from "node:path";
import { stringify } from "yaml";
import type { SshName } from "../../components/host/sshConfig.ts";
import { versionProblem } from "../../components/image/version.ts";
import type { Seen } from "./seen.ts";

/** What only a person knows; what is left out is left to be filled in. */
export interface Answers {
  name: string;
  image?: string;
  domain?: string;
  port?: number;
  address?: string;
  user: string;
  /** What ~/.ssh/config says of the server, where it does. */
  ssh?: SshName;
  /** The server's public key: `ecdsa-sha2-nistp256 AAAA…`. */
  hostKey?: string;
}

/** The package that the project depends on. */
export interface Package {
  name: string;
  /** As it stands in a package.json: a tarball's path, or a Git URL. */
  spec: string;
  /** Version of the TypeScript compiler that goes with it. */
  typescript: string;
}

/** By path in the project's folder. */
export type Files = Record<string, string>;

export const STACK = "prod";
const ADDRESS = "web-1.example.com";
const HOST_KEY = "to be filled in";

/** @param up the way from the project's folder to the repository's: `..` */
export function renderProject(seen: Seen, answers: Answers, library: Package, up: string): Files {
  const { name } = answers;
  return {
    "package.json": manifest(name, library),
    "tsconfig.json": TSCONFIG,
    "Pulumi.yaml": projectFile(name, library),
    [`Pulumi.${STACK}.yaml`]: settingsFile(seen, answers, library),
    "index.ts": program(name, library),
    [`apps/${name}.ts`]: declaration(seen, answers, library, up),
    ".gitignore": IGNORED,
    ".slipway/state/.gitkeep": "",
  };
}

function manifest(name: string, library: Package): string {
  const content = {
    name: `${name}-infra`,
    private: true,
    type: "module",
    scripts: { check: "tsc", slipway: "slipway" },
    dependencies: { [library.name]: library.spec },
    devDependencies: { typescript: library.typescript },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * A package.json as npm leaves it when it has installed this package into an empty folder, with what a project needs
 * besides; undefined for any other.
 */
export function completed(text: string, name: string, library: Package): string | undefined {
  const found = JSON.parse(text) as { dependencies?: Record<string, string> };
  const isBare = Object.keys(found).every((key) => key === "dependencies");
  const spec = found.dependencies?.[library.name];
  if (!isBare || spec === undefined) return undefined;
  const content = JSON.parse(manifest(name, { ...library, spec }));
  return `${JSON.stringify({ ...content, dependencies: found.dependencies }, null, 2)}\n`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "types": [],
    "strict": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "include": ["**/*.ts"],
  "exclude": ["node_modules"]
}
`;

const projectFile = (name: string, library: Package): string => `name: ${name}
description: What runs where, deployed by Slipway
# Node runs TypeScript as it is.
runtime:
  name: nodejs
  options:
    typescript: false
    # A start that loads less, and room for what is loaded.
    nodeargs: --import=${library.name}/start --min-semi-space-size=16 --max-semi-space-size=32
main: index.ts
# State in this folder, until \`PULUMI_BACKEND_URL\` or a line here names a better place (docs/operations.md, "State").
backend:
  url: file://.slipway/state
`;

const IGNORED = `node_modules/
.slipway/*
!.slipway/state/
.slipway/state/*
!.slipway/state/.gitkeep
`;

const program = (
  name: string,
  { name: library }: Package,
): string => `/** Deploys the applications of apps/ that a stack's settings (Pulumi.<stack>.yaml) name. */
import { deploy } from "${library}";
import application from "./apps/${name}.ts";

const environment = await deploy([application]);

/** What runs: version and release of each application, as its hosts confirmed them. */
export const deployed = Object.fromEntries(
  Object.entries(environment.applications).map(([name, one]) => [name, one.deployed]),
);
`;

function declaration(seen: Seen, answers: Answers, library: Package, up: string): string {
  const { compose, needsImage, database, cache, migration } = seen;
  const lines = [
    `name: ${text(answers.name)},`,
    ...(needsImage ? [`image: ${text(answers.image ?? `ghcr.io/your-name/${answers.name}`)},`] : []),
    ...(needsImage && seen.dockerfile && !seen.isBuiltByWorkflow ? [buildLine(seen.dockerfile.path, up)] : []),
    ...(compose ? [`compose: ${list(compose.paths.map((path) => posix.join(up, path)))},`] : []),
    ...serviceLines(seen, answers),
    ...(database ? [`database: ${text(database)}, // sets DATABASE_URL`] : []),
    ...(cache ? [`cache: ${text(cache)}, // sets REDIS_URL`] : []),
    ...(migration
      ? [`migration: [${migration.map(text).join(", ")}], // once, in the new image, before it starts`]
      : []),
    ...(needsImage ? ['// verification: { version: "/version" }, // where it answers the version that it is'] : []),
  ];
  return `import { defineApplication } from "${library.name}";

export default defineApplication({
${lines.map((line) => `  ${line}\n`).join("")}});
`;
}

const text = (value: string): string => JSON.stringify(value);
/** Of a single one its text. */
const list = (values: string[]): string =>
  values.length === 1 ? text(values[0]!) : `[${values.map(text).join(", ")}]`;

/** Without a pipeline that builds the image, `pulumi up` can. */
function buildLine(dockerfile: string, up: string): string {
  const context = posix.join(up, posix.dirname(dockerfile));
  const name = posix.basename(dockerfile);
  const file = name === "Dockerfile" ? "" : `, dockerfile: ${text(posix.join(up, dockerfile))}`;
  return `// build: { context: ${text(context)}${file} }, // \`pulumi up\` builds the image and pushes it`;
}

function serviceLines(seen: Seen, { name, port, domain }: Answers): string[] {
  const service = seen.compose ? seen.compose.routed?.name : "web";
  if (service === undefined) return [];
  const asImage = !seen.compose && (seen.dockerfile?.hasUser || (port !== undefined && port < 1024));
  const parts = [
    ...(port === undefined ? [] : [`port: ${port}`]),
    ...(port !== undefined && seen.health ? [`health: ${text(seen.health)}`] : []),
    ...(asImage ? ['user: "image"'] : []),
  ];
  return [
    ...(port === undefined ? [] : [`domain: ${text(domain ?? `${name}.example.com`)},`]),
    `services: { ${/^[a-z]\w*$/i.test(service) ? service : text(service)}: {${parts.length > 0 ? ` ${parts.join(", ")} ` : ""}} },`,
  ];
}

function settingsFile(
  { compose }: Seen,
  { name, address, user, ssh, hostKey, image }: Answers,
  library: Package,
): string {
  const registry = /^([\w.-]+\.[\w.-]+(?::\d+)?)\//.exec(image ?? "")?.[1] ?? "ghcr.io";
  const tag = compose?.tag;
  const version = tag !== undefined && tag !== "latest" && !versionProblem(tag, { protected: true }) ? tag : "1.0.0";
  const scalar = (value: string): string => stringify(value, { lineWidth: 0 }).trim();
  const scan = `ssh-keyscan ${ssh && ssh.port !== 22 ? `-p ${ssh.port} ` : ""}-t ecdsa ${address ?? ADDRESS}`;
  const origin = hostKey ? `As ${scan} gives it; compare on the server: cat /etc/ssh/ssh_host_*_key.pub` : scan;
  return `# yaml-language-server: $schema=node_modules/${library.name}/docs/settings.schema.json
config:
  slipway:hosts:
    web-1:
      address: ${scalar(address ?? ADDRESS)}
      user: ${scalar(user)}
${connectionLines(ssh)}      # ${origin}
      hostKey: ${scalar(hostKey ?? HOST_KEY)}
  # For a private image: a token that may read it.
  # slipway:registries:
  #   ${registry}: { username: your-name, passwordFile: ~/.config/registry-token }
  slipway:applications:
    ${name}: { version: ${scalar(version)}, hosts: [web-1] }
  # Refuses tags that move, and an older version unless \`allowDowngrade\` says so.
  # slipway:protected: true
`;
}

/** What else ~/.ssh/config says: the settings are for pipelines too, which have none. */
const connectionLines = ({ port = 22, keyFile, jump }: Partial<SshName> = {}): string =>
  [
    ...(port === 22 ? [] : [`port: ${port}`]),
    ...(keyFile === undefined ? [] : [`privateKeyFile: ${stringify(keyFile, { lineWidth: 0 }).trim()}`]),
    ...(jump === undefined ? [] : [`# bastion: { address: …, user: …, hostKey: … }   # ProxyJump ${jump}`]),
  ]
    .map((line) => `      ${line}\n`)
    .join("");

/** What is left to be filled in: the file, and what of it. */
export function leftOpen(seen: Seen, answers: Answers): string[] {
  const { name } = answers;
  const open = (file: string, ...names: [string, unknown][]): string[] => {
    const missing = names.filter(([, value]) => value === undefined).map(([key]) => key);
    return missing.length > 0 ? [`${file}: ${missing.join(", ")}`] : [];
  };
  const isRouted = !seen.compose || seen.compose.routed !== undefined;
  return [
    ...open(`Pulumi.${STACK}.yaml`, ["address", answers.address], ["hostKey", answers.hostKey]),
    ...open(
      `apps/${name}.ts`,
      ["image", seen.needsImage ? answers.image : ""],
      ["port", isRouted ? answers.port : 0],
      ["domain", isRouted && answers.port !== undefined ? answers.domain : ""],
    ),
  ];
}

/** Names of variables whose values nobody else is to read. */
const SECRET = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|SALT|DSN|UR[LI]$/i;
const INVENTED = /PASSWORD|SECRET|SALT/i;

/**
 * The commands that lead to a deployment, in their order. A `.env` is imported as a whole.
 * @param up the way from the project's folder to the repository's
 */
export function nextCommands(seen: Seen, { name }: Answers, up: string): string[] {
  const { variables = [], dotenv } = seen.compose ?? {};
  const wanted = [...(seen.database ? ["DATABASE_PASSWORD"] : []), ...(dotenv === undefined ? variables : [])];
  return [
    "npm install",
    "export PULUMI_CONFIG_PASSPHRASE='…'   # encrypts the secrets; keep it",
    `npx pulumi stack init ${STACK}`,
    ...wanted.map((variable) =>
      SECRET.test(variable)
        ? `npx pulumi config set --secret --path slipway:secrets.${name}.${variable}${INVENTED.test(variable) ? ' "$(openssl rand -hex 24)"' : ""}`
        : `npx pulumi config set --path slipway:applications.${name}.environment.${variable} …`,
    ),
    ...(dotenv === undefined
      ? []
      : [`npm exec --no -- slipway import ${posix.join(up, dotenv)}   # asks which values are secret`]),
    "npx pulumi preview   # nothing is touched",
  ];
}
