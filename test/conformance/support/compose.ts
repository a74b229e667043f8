/** The real Docker Compose of the toolchain, as a program of its own: what it makes of a file needs no Docker. */
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../../support/run.ts";

const CACHE = process.env.SLIPWAY_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "slipway");
const PROGRAM = join(CACHE, "compose/v2.40.3/docker-compose");

export type Config = Record<string, any> & { services: Record<string, any> };

/** What Compose makes of files in a folder; in place of it what it says, if it refuses them. */
export async function config(folder: string, words: string[]): Promise<Config | string> {
  const env = { PWD: folder, COMPOSE_PROFILES: undefined, COMPOSE_FILE: undefined, VERSION: undefined };
  const { code, stdout, stderr } = await run(PROGRAM, [...words, "config", "--format", "json"], { cwd: folder, env });
  return code === 0 ? (JSON.parse(stdout) as Config) : stderr.trim().split("\n").at(-1)!;
}
