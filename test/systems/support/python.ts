/** What the examples in Python have in common here: the image that they are built from, and their migrations by alembic. */
import { join } from "node:path";
import { baseImage } from "../../../sandbox/base.ts";
import { build, imageExists, imageLabel, removeOldBuilds } from "../../../sandbox/docker.ts";
import { folderHash } from "../../../sandbox/folderHash.ts";
import { prefix } from "../../../sandbox/places.ts";
import type { Host } from "../../support/ssh.ts";
import { ensureSystemImages, type SystemImage } from "./images.ts";

const FOLDER = join(import.meta.dirname, "python");

/** Sees that the registry has them, built from a stand-in for python:3.11-slim. */
export async function ensurePythonImages(images: SystemImage[]): Promise<void> {
  const BASE = `${prefix}/python:${await folderHash(FOLDER)}`;
  const onBase = images.map((image) => ({ ...image, args: { BASE, ...image.args } }));
  await ensureSystemImages(onBase, () => pythonImage(BASE));
}

async function pythonImage(tag: string): Promise<void> {
  if (await imageExists(tag)) return;
  await baseImage();
  await build(tag, { folder: FOLDER }, ["--label", `${imageLabel}=python`]);
  await removeOldBuilds("python", tag);
}

interface Migration {
  revision: string;
  /** The revision that it builds upon. */
  after: string;
  /** Lines of Python: what it does, and what takes it back. */
  up: string[];
  down: string[];
}

/** The file of a migration, as `changes` of an image. */
export function alembic({ revision, after, up, down }: Migration): Record<string, string> {
  const body = (lines: string[]): string => lines.map((line) => `    ${line}\n`).join("");
  const text = `import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "${revision}"\ndown_revision = "${after}"\n\n
def upgrade():\n${body(up)}\n\ndef downgrade():\n${body(down)}`;
  return { [`migrations/versions/${revision}.py`]: text };
}

/** The revision of the schema in an application's Postgres. */
export async function revisionIn(target: Host, application: string, service: string, user = "app"): Promise<string> {
  const labels = { project: application, service };
  const filters = Object.entries(labels).map(([key, value]) => `--filter label=com.docker.compose.${key}=${value}`);
  const query = `psql --username ${user} --no-align --tuples-only --command 'SELECT version_num FROM alembic_version'`;
  return (await target.ask(`docker exec $(docker ps --quiet ${filters.join(" ")}) ${query}`)).trim();
}
