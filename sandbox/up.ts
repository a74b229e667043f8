import { ensureLoginKey, hasFiles } from "./credentials.ts";
import { type Container, containers, docker, engine, ownContainers, removeOldBuilds } from "./docker.ts";
import { removeNetwork, takeDown } from "./down.ts";
import { startGitHub } from "./github/process.ts";
import { startHosts } from "./hosts.ts";
import { ensureImages, type Images, imageTags } from "./images.ts";
import { checkout, everyHost, label, network, registry } from "./places.ts";
import { missing, remember } from "./pushed.ts";
import { push, startRegistry } from "./registry.ts";
import { attempt, Failure, say } from "./run.ts";
import { parseSeed, seed } from "./shop.ts";
import { trustRegistry } from "./trust.ts";

const shops = [parseSeed("shop:1.0.0"), parseSeed("shop:1.1.0"), parseSeed("shop:3.0.0", ["wrong-version"])];
const others = (images: Images) => [
  { local: images.caddy, name: "caddy:2.11.9" },
  { local: images.postgres, name: "postgres:15" },
  { local: images.redis, name: "redis:7" },
];

/** Starts the registry, GitHub and `count` hosts; whatever already runs is left alone. */
export async function up(count: number): Promise<void> {
  await engine();
  // GitHub depends on none of the others, so it starts in parallel; if it fails, they are still up.
  const started = await Promise.allSettled([containersUp(count), startGitHub()]);
  const failed = started.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  if (failed.length > 1) throw new Failure(failed.map(({ message }) => message).join("\n"));
  for (const error of failed) throw error;
}

async function containersUp(count: number): Promise<void> {
  const present = await makeRoom();
  const hosts = everyHost.slice(0, count);
  const tags = await imageTags();
  const expected = [...hosts.map(({ container }) => [container, tags.host]), [registry.container, tags.registry]];
  const running = expected.every(([name, image]) =>
    present.some((c) => c.name === name && c.image === image && c.running),
  );

  if (running) {
    await trustRegistry();
    await fill(tags);
  } else {
    await ensureLoginKey();
    await ensureImages();
    await ensureNetwork();
    await startRegistry(present, tags.registry);
    await trustRegistry();
    await Promise.all([startHosts(hosts, present, tags.host), fill(tags)]);
    await Promise.all([removeOldBuilds("host", tags.host), removeOldBuilds("registry", tags.registry)]);
  }
  say(
    `sandbox: ${running ? "was already up" : "is up"}: ${hosts.map(({ name, ip }) => `${name} ${ip}`).join(", ")}, registry ${registry.address}`,
  );
}

/** Removes what is in the way, and returns the containers that may stay. */
async function makeRoom(): Promise<Container[]> {
  const all = await containers();
  const foreign = all.filter(({ owner }) => owner !== checkout);
  if (foreign.length > 0) {
    say(`the sandbox of ${foreign[0]!.owner} is up; taking it down first (its disks stay)`);
    await takeDown(foreign);
    await removeNetwork();
  }
  const own = ownContainers(all);
  const hosts = everyHost.filter(({ container }) => own.some(({ name }) => name === container));
  if (own.length === 0 || hasFiles(hosts)) return own;
  say("the files of the running sandbox in .sandbox are gone; starting it again (its disks stay)");
  await takeDown(own);
  return [];
}

async function ensureNetwork(): Promise<void> {
  if ((await attempt("docker", ["network", "inspect", network.name])).code === 0) return;
  const address = ["--subnet", network.subnet, "--gateway", network.gateway];
  await docker(["network", "create", ...address, "--label", `${label}=${checkout}`, network.name]).catch(
    (error: unknown) => {
      throw new Failure(
        `${(error as Error).message}\nThe sandbox needs the addresses ${network.subnet}; free them and try again.`,
      );
    },
  );
}

/** Pushes what the registry lacks, and what was pushed from older sources. */
async function fill(images: Images): Promise<void> {
  const sources = Object.fromEntries(others(images).map(({ name, local }) => [name, local]));
  const wanted = await missing(sources);
  await push(others(images).filter(({ name }) => wanted.includes(name)));
  if (wanted.length > 0) await remember(sources);
  await seed(shops);
}
