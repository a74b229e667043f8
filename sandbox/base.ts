import { join } from "node:path";
import { imageExists } from "./docker.ts";
import { attempt, Failure, run, say } from "./run.ts";

export const baseTag = "debian:bookworm-slim";
const pullSeconds = 60;

/**
 * Makes sure that the Debian base image exists: already present, else from the public registry, else built by
 * debootstrap from the mirror that this machine's apt uses.
 */
export async function baseImage(): Promise<void> {
  if (await imageExists(baseTag)) return;
  say(`base image ${baseTag}: pulling`);
  const pull = await attempt("docker", ["pull", "--quiet", baseTag], { timeout: pullSeconds });
  if (pull.code === 0) return;
  say("base image: no registry answers; building it with debootstrap");
  const root = process.getuid?.() === 0;
  const script = join(import.meta.dirname, "images", "debian", "make-base");
  const command = root ? [script, baseTag] : ["sudo", script, baseTag];
  const started = performance.now();
  await run(command[0]!, command.slice(1)).catch((error: unknown) => {
    throw new Failure(
      `${(error as Error).message}\nProvide ${baseTag} in another way (docker pull, docker load) and run this again.`,
    );
  });
  say(`base image: built in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
