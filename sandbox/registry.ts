import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRegistryFiles, registryPassword } from "./credentials.ts";
import { type Container, docker, ensureVolume } from "./docker.ts";
import { takeDown } from "./down.ts";
import { checkout, label, network, prefix, registry, secretFile, volume } from "./places.ts";
import { Failure, run, say, until } from "./run.ts";

/** Starts the registry unless it already runs. */
export async function startRegistry(present: Container[], image: string): Promise<void> {
  const files = await ensureRegistryFiles(image);
  const found = present.find(({ name }) => name === registry.container);
  if (found?.running && found.image === image) return;
  if (found) await takeDown([found]);
  await ensureVolume(volume("registry"));
  await docker([
    "run",
    "--detach",
    "--name",
    registry.container,
    "--hostname",
    "registry",
    "--label",
    `${label}=${checkout}`,
    "--network",
    network.name,
    "--ip",
    registry.ip,
    "--restart",
    "unless-stopped",
    "--security-opt",
    "label=disable",
    "--volume",
    `${volume("registry")}:/var/lib/registry`,
    "--volume",
    `${files}:/sandbox:ro`,
    image,
  ]);
  await until("registry", 20, async () => (await ask("GET", "/v2/").catch(() => undefined))?.status === 200);
  say(`registry: runs at ${registry.address}`);
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One request to the registry's API, over TLS with the sandbox's CA, logged in. */
async function ask(method: string, path: string): Promise<Answer> {
  const ca = await readFile(secretFile("ca.crt"));
  const auth = `${registry.user}:${await registryPassword()}`;
  const accept = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
  ].join(", ");
  return new Promise((resolve, reject) => {
    const call = request(
      `https://${registry.address}${path}`,
      { method, ca, auth, headers: { accept }, timeout: 5000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer in 5 s")));
    call.on("error", (error) => reject(new Failure(`registry ${registry.address}: ${error.message}`)));
    call.end();
  });
}

/** The images in the registry as `name:tag`, sorted. */
export async function catalog(): Promise<string[]> {
  const { repositories } = JSON.parse((await ask("GET", "/v2/_catalog?n=1000")).body) as { repositories: string[] };
  const tagged = repositories.map(async (name) => {
    const { tags } = JSON.parse((await ask("GET", `/v2/${name}/tags/list`)).body) as { tags?: string[] | null };
    return (tags ?? []).map((tag) => `${name}:${tag}`);
  });
  return (await Promise.all(tagged)).flat().sort();
}

/** Removes one `name:tag`, and every other tag of the same content. */
export async function removeImage(image: string): Promise<void> {
  const [name, tag] = image.split(":") as [string, string];
  const found = await ask("HEAD", `/v2/${name}/manifests/${tag}`);
  if (found.status === 404) throw new Failure(`${image}: not in the registry; \`status\` lists what is`);
  const removed = await ask("DELETE", `/v2/${name}/manifests/${String(found.headers["docker-content-digest"])}`);
  if (removed.status !== 202)
    throw new Failure(`${image}: the registry answered ${removed.status} to its removal: ${removed.body}`);
}

/** Pushes local images under the given names, with a login that is forgotten afterwards. */
export async function push(images: { local: string; name: string }[]): Promise<void> {
  if (images.length === 0) return;
  const config = await mkdtemp(join(tmpdir(), `${prefix}-login-`));
  const env = { DOCKER_CONFIG: config };
  try {
    const login = ["login", "--username", registry.user, "--password-stdin", registry.address];
    await run("docker", login, { env, input: await registryPassword() });
    const send = async ({ local, name }: { local: string; name: string }): Promise<void> => {
      const remote = `${registry.address}/${name}`;
      await docker(["tag", local, remote]);
      await run("docker", ["push", "--quiet", remote], { env });
      await docker(["rmi", "--no-prune", remote]);
      say(`registry: has ${name}`);
    };
    await Promise.all(images.map(send));
  } finally {
    await rm(config, { recursive: true, force: true });
  }
}
