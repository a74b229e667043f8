import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { baseImage } from "./base.ts";
import { build, docker, imageExists, imageLabel, removeOldBuilds } from "./docker.ts";
import { folderHash } from "./folderHash.ts";
import { cacheFolder, prefix } from "./places.ts";
import { Failure, say } from "./run.ts";

/** An image's folder, and the path in the cache of the program that goes into it. */
const recipes = {
  host: "compose/v2.40.3/docker-compose",
  registry: undefined,
  caddy: "caddy/v2.11.9/caddy",
  postgres: undefined,
  redis: undefined,
} as const;

export type ImageName = keyof typeof recipes;
export type Images = Record<ImageName, string>;
const names = Object.keys(recipes) as ImageName[];

const sources = (name: ImageName): string => join(import.meta.dirname, "images", name);

/** The tags that match the sources, whether they are built or not. */
export async function imageTags(): Promise<Images> {
  const base = await folderHash(join(import.meta.dirname, "images", "debian"));
  const tagged = names.map(async (name) => {
    const hash = await folderHash(sources(name), `${base} ${recipes[name] ?? ""}`);
    return [name, `${prefix}/${name}:${hash}`] as const;
  });
  return Object.fromEntries(await Promise.all(tagged)) as Images;
}

async function buildImage(name: ImageName, tag: string): Promise<void> {
  const program = recipes[name];
  const context = await mkdtemp(join(tmpdir(), `${prefix}-`));
  try {
    await cp(sources(name), context, { recursive: true });
    if (program !== undefined) await cp(join(cacheFolder, program), join(context, basename(program)));
    const started = performance.now();
    say(`image ${name}: building`);
    await build(tag, { folder: context }, ["--label", `${imageLabel}=${name}`]);
    await removeOldBuilds(name, tag);
    say(`image ${name}: built in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Builds the missing images and removes what the builds leave behind. */
export async function ensureImages(): Promise<Images> {
  const tags = await imageTags();
  const present = await Promise.all(names.map((name) => imageExists(tags[name])));
  const missing = names.filter((_, index) => !present[index]);
  if (missing.length === 0) return tags;
  for (const name of missing) {
    const path = join(cacheFolder, recipes[name] ?? "");
    if (!existsSync(path)) throw new Failure(`${path} is missing; run script/bootstrap, which puts it there`);
  }
  await baseImage();
  await Promise.all(missing.map((name) => buildImage(name, tags[name])));
  const stages = await docker(["images", "--quiet", "--filter", "dangling=true", "--filter", `label=${prefix}.stage`]);
  for (const id of stages.split("\n").filter(Boolean)) await docker(["rmi", id]);
  return tags;
}
