/** Small applications on real tools for migrations, each in two versions: test/fixtures/migrations. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseImage } from "../../../sandbox/base.ts";
import { build, imageExists, imageLabel, removeOldBuilds } from "../../../sandbox/docker.ts";
import { folderHash } from "../../../sandbox/folderHash.ts";
import { prefix } from "../../../sandbox/places.ts";
import { missing, remember } from "../../../sandbox/pushed.ts";
import { push } from "../../../sandbox/registry.ts";
import { attempt, run } from "../../../sandbox/run.ts";
import { CHECKOUT } from "../../support/run.ts";

export const TOOLS = ["alembic", "django", "goose", "psql"] as const;
export type Tool = (typeof TOOLS)[number];

const FIXTURES = join(CHECKOUT, "test/fixtures/migrations");
/** The second has a migration more: its files lie over those of the first. */
const VERSIONS = ["1.0.0", "1.1.0"] as const;
type Version = (typeof VERSIONS)[number];

/** Sees that the sandbox's registry has them: `alembic:1.0.0`, … */
export async function ensureToolImages(tools: readonly Tool[]): Promise<void> {
  const hash = await folderHash(FIXTURES);
  const all = tools.flatMap((tool) => VERSIONS.map((version) => ({ tool, version, name: `${tool}:${version}` })));
  const sources = Object.fromEntries(all.map(({ name }) => [name, hash]));
  const wanted = await missing(sources);
  if (wanted.length === 0) return;
  const base = await toolsImage();
  const images = all
    .filter(({ name }) => wanted.includes(name))
    .map((image) => ({ ...image, local: `${prefix}/tool-${process.pid}/${image.name}` }));
  try {
    for (const { tool, version, local } of images) await buildVersion(tool, version, base, local);
    await push(images);
    await remember(sources);
  } finally {
    for (const { local } of images) await attempt("docker", ["rmi", local]);
  }
}

/** The image with the tools themselves, which stays on this machine. */
async function toolsImage(): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), `${prefix}-tools-`));
  try {
    for (const file of ["Dockerfile", "serve.py"]) await cp(join(FIXTURES, file), join(context, file));
    const tag = `${prefix}/tools:${await folderHash(context)}`;
    if (await imageExists(tag)) return tag;
    await baseImage();
    await build(tag, { folder: context }, ["--label", `${imageLabel}=tools`]);
    await removeOldBuilds("tools", tag);
    return tag;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function buildVersion(tool: Tool, version: Version, tools: string, tag: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), `${prefix}-tool-`));
  const app = join(context, "app");
  try {
    for (const layer of VERSIONS.slice(0, VERSIONS.indexOf(version) + 1))
      await cp(join(FIXTURES, tool, layer), app, { recursive: true });
    const from = tool === "goose" ? ["scratch", await program(app, context)] : [tools, "app"];
    const dockerfile = `FROM ${from[0]}\nCOPY ${from[1]} ${tool === "goose" ? "/" : "/app"}\nENV APP_VERSION=${version}\n`;
    await writeFile(join(context, "Dockerfile"), dockerfile);
    await build(tag, { folder: context });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Compiles a Go program, and gives its name in the context. */
async function program(source: string, context: string): Promise<string> {
  const flags = ["-buildvcs=false", "-ldflags", "-s -w", "-o", join(context, "shop")];
  await run("go", ["build", ...flags, "."], { cwd: source, env: { CGO_ENABLED: "0", GOOS: "linux" } });
  return "shop";
}
