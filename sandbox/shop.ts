import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, imageExists, imageLabel, removeOldBuilds } from "./docker.ts";
import { folderHash } from "./folderHash.ts";
import { cacheFolder, prefix } from "./places.ts";
import { missing, remember } from "./pushed.ts";
import { push } from "./registry.ts";
import { attempt, Failure, run, say } from "./run.ts";

const plain = ["ok", "exit", "unhealthy", "wrong-version", "smoke-fails", "ignore-sigterm", "migration-fails"];
const timed = ["dies-after", "slow-start", "slow-health"];
export const knownBehaviours = [...plain, ...timed.map((name) => `${name}:SECONDS`)];

export interface Seed {
  /** `name:version` in the registry. */
  image: string;
  /** Ways in which it misbehaves, separated by commas. */
  behaviour: string;
}

/** Reads `shop:1.5.0` and its behaviours; throws with the allowed form. */
export function parseSeed(image: string, behaviours: string[] = []): Seed {
  if (!/^[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(image)) {
    throw new Failure(`"${image}" is not an image with a version; write one like shop:1.5.0`);
  }
  for (const behaviour of behaviours) {
    const [kind = "", seconds] = behaviour.split(":");
    const known = seconds === undefined ? plain.includes(kind) : timed.includes(kind) && /^\d+(\.\d+)?$/.test(seconds);
    if (!known) throw new Failure(`"${behaviour}" is not a behaviour; choose from ${knownBehaviours.join(", ")}`);
  }
  return { image, behaviour: behaviours.join(",") || "ok" };
}

const source = join(import.meta.dirname, "shop");

/** Tag of the image with only the program, derived from its source. */
export const programTag = async (): Promise<string> => `${prefix}/shop:${await folderHash(source)}`;

/** Path of the compiled application; built once per version of its source. */
export async function shopProgram(): Promise<string> {
  const hash = await folderHash(source);
  const folder = join(cacheFolder, "shop", hash);
  const app = join(folder, "app");
  if (existsSync(app)) return app;
  say("shop: compiling");
  await mkdir(folder, { recursive: true });
  const fresh = `${app}.${process.pid}`;
  const flags = ["-buildvcs=false", "-ldflags", "-s -w", "-o", fresh];
  await run("go", ["build", ...flags, "."], { cwd: source, env: { CGO_ENABLED: "0", GOOS: "linux" } });
  await rename(fresh, app);
  return app;
}

const programFile = `FROM scratch
COPY app /app
EXPOSE 8000
USER 10001
CMD ["/app"]
`;

async function programImage(): Promise<string> {
  const tag = await programTag();
  if (await imageExists(tag)) return tag;
  const app = await shopProgram();
  const context = await mkdtemp(join(tmpdir(), `${prefix}-shop-`));
  try {
    await copyFile(app, join(context, "app"));
    await utimes(join(context, "app"), 0, 0);
    await writeFile(join(context, "Dockerfile"), programFile);
    await build(tag, { folder: context }, ["--label", `${imageLabel}=shop`]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  await removeOldBuilds("shop", tag);
  return tag;
}

const versionFile = (program: string, version: string, behaviour: string): string => `FROM ${program}
ENV APP_VERSION=${version} APP_BEHAVIOUR=${behaviour}
LABEL org.opencontainers.image.title=shop org.opencontainers.image.version=${version}
`;

/** Builds the sample application in the given versions and pushes them; what the registry has already stays as it is. */
export async function seed(seeds: Seed[]): Promise<void> {
  const tag = await programTag();
  const sources = Object.fromEntries(seeds.map(({ image, behaviour }) => [image, `${tag} ${behaviour}`]));
  const wanted = await missing(sources);
  if (wanted.length === 0) return;
  const program = await programImage();
  const lacking = seeds.filter(({ image }) => wanted.includes(image));
  const images = lacking.map(({ image, behaviour }) => ({
    name: image,
    behaviour,
    local: `${prefix}/seed-${process.pid}/${image}`,
  }));
  try {
    for (const { name, behaviour, local } of images) {
      const version = name.slice(name.indexOf(":") + 1);
      await build(local, { dockerfile: versionFile(program, version, behaviour) });
    }
    await push(images);
    await remember(sources);
  } finally {
    for (const { local } of images) await attempt("docker", ["rmi", local]);
  }
}
