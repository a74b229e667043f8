import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { docker } from "./docker.ts";
import { newKeyPair } from "./keyPair.ts";
import { type Host, registry, secretFile, secretsFolder } from "./places.ts";
import { say } from "./run.ts";

const writePrivate = (path: string, content: string): Promise<void> => writeFile(path, content, { mode: 0o600 });

async function keyPair(path: string, publicPath: string, comment: string): Promise<void> {
  if (existsSync(path) && existsSync(publicPath)) return;
  const pair = newKeyPair(comment);
  await writePrivate(path, pair.private);
  await writeFile(publicPath, `${pair.public.trim()}\n`);
}

/** Creates `.sandbox` and the key with which Slipway logs in to the hosts. */
export async function ensureLoginKey(): Promise<void> {
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  await chmod(secretsFolder, 0o700);
  await keyPair(secretFile("id_ed25519"), secretFile("id_ed25519.pub"), "slipway-sandbox");
}

/** The folder that a host mounts as /sandbox: its own key, who may log in, the registry's CA. */
export async function ensureHostFiles(host: Host): Promise<string> {
  const folder = secretFile(host.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await keyPair(`${folder}/ssh_host_ed25519_key`, secretFile(`${host.name}.pub`), host.name);
  await writePrivate(`${folder}/authorized_keys`, await readFile(secretFile("id_ed25519.pub"), "utf8"));
  await writePrivate(`${folder}/ca.crt`, await readFile(secretFile("ca.crt"), "utf8"));
  return folder;
}

const registryFolder = secretFile("registry");
const registryFiles = [
  secretFile("ca.crt"),
  secretFile("registry-password"),
  ...["tls.crt", "tls.key", "htpasswd"].map((name) => `${registryFolder}/${name}`),
];

/** Whether every file that the registry and the given hosts were started with still exists. */
export const hasFiles = (hosts: Host[]): boolean =>
  [
    ...registryFiles,
    secretFile("id_ed25519"),
    ...hosts.map(({ name }) => secretFile(name, "ssh_host_ed25519_key")),
  ].every((path) => existsSync(path));

/** The folder that the registry mounts as /sandbox. Creates its CA, certificate and login once. */
export async function ensureRegistryFiles(image: string): Promise<string> {
  if (registryFiles.every((path) => existsSync(path))) return registryFolder;
  await rm(registryFolder, { recursive: true, force: true });
  await mkdir(registryFolder, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const mount = [
    "--interactive",
    "--network",
    "none",
    "--security-opt",
    "label=disable",
    "--user",
    owner,
    "--volume",
    `${registryFolder}:/out`,
  ];
  await docker(["run", "--rm", ...mount, image, "make-credentials", registry.ip, registry.user], {
    input: `${password}\n`,
  });
  await rename(`${registryFolder}/ca.crt`, secretFile("ca.crt"));
  await writePrivate(secretFile("registry-password"), password);
  say("credentials: created in .sandbox");
  return registryFolder;
}

export const registryPassword = async (): Promise<string> =>
  (await readFile(secretFile("registry-password"), "utf8")).trim();
