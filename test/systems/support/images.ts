/** Images of the applications in examples/, in the versions that a test needs, built by their own Dockerfiles. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "../../../sandbox/docker.ts";
import { folderHash } from "../../../sandbox/folderHash.ts";
import { prefix } from "../../../sandbox/places.ts";
import { missing, remember } from "../../../sandbox/pushed.ts";
import { push } from "../../../sandbox/registry.ts";
import { attempt } from "../../../sandbox/run.ts";
import { ensureHosts } from "../../support/hosts.ts";
import { CHECKOUT } from "../../support/run.ts";
import { compileHere } from "./compile.ts";

export interface SystemImage {
  /** In the registry: `pelico:1.1.0`. */
  name: string;
  /** Folder of the build below examples/: `pelico`, `platform/backend`. */
  folder: string;
  /** What this version has instead, by path: a text, or `null` for a file that it does not have. */
  changes?: Record<string, string | null>;
  /** Arguments of the build; VERSION is that of `name` unless it stands here. */
  args?: Record<string, string>;
  /** Stage of the Dockerfile that this machine's own tools build; see `compileHere`. */
  compiled?: string;
}

/** What a checkout has, and an image is not made of. */
const BESIDE = /(^|\/)(node_modules|infra|__pycache__|\.pytest_cache|\.venv|\.ruff_cache)(\/|$)/;

/**
 * Sees that the sandbox's registry has them; what it has of the same sources already stays.
 * @param bases makes the images of this machine that `args` name, if anything is to be built
 */
export async function ensureSystemImages(
  images: SystemImage[],
  bases: () => Promise<unknown> = async () => {},
): Promise<void> {
  await ensureHosts();
  const sources = Object.fromEntries(
    await Promise.all(images.map(async (image) => [image.name, await sourceOf(image)])),
  );
  const wanted = await missing(sources);
  if (wanted.length === 0) return;
  await bases();
  const lacking = images
    .filter(({ name }) => wanted.includes(name))
    .map((image) => ({ ...image, local: `${prefix}/system-${process.pid}/${image.name}` }));
  try {
    for (const image of lacking) await buildImage(image, image.local);
    await push(lacking);
    await remember(sources);
  } finally {
    for (const { local } of lacking) await attempt("docker", ["rmi", local]);
  }
}

const place = ({ folder }: SystemImage): string => join(CHECKOUT, "examples", folder);

async function sourceOf({ name: _, ...image }: SystemImage): Promise<string> {
  const copy = await copyOf(image as SystemImage);
  try {
    return await folderHash(copy, JSON.stringify(image));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The folder with the version's changes, where it may be built. */
async function copyOf({ changes = {}, ...image }: SystemImage): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), `${prefix}-system-`));
  const from = place(image);
  await cp(from, context, { recursive: true, filter: (path) => !BESIDE.test(path.slice(from.length + 1)) });
  for (const [path, text] of Object.entries(changes)) {
    const file = join(context, path);
    if (text === null) await rm(file);
    else await mkdir(dirname(file), { recursive: true }).then(() => writeFile(file, text));
  }
  return context;
}

async function buildImage(image: SystemImage, tag: string): Promise<void> {
  const context = await copyOf(image);
  try {
    const args = { VERSION: image.name.slice(image.name.indexOf(":") + 1), ...image.args };
    if (image.compiled !== undefined) {
      const file = join(context, "Dockerfile");
      await writeFile(file, await compileHere(await readFile(file, "utf8"), image.compiled, context, args));
      const ignored = join(context, ".dockerignore");
      if (existsSync(ignored)) await writeFile(ignored, `${await readFile(ignored, "utf8")}\n!compiled\n`);
    }
    const words = Object.entries(args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
    await build(tag, { folder: context }, words);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
