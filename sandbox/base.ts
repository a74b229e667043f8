import { join } from "node:path";
import { imageExists } from "./docker.ts";
import { attempt, Failure, run, say } from "./run.ts";

export const baseTag = "debian:bookworm-slim";
const pullSeconds = 60;

/**
 * Makes sure that the Debian base image is there: as it is, else from the public registry, else made by
 * debootstrap from the mirror this machine's own apt uses.
 */
export async function baseImage(): Promise<void> {
  if (await imageExists(baseTag)) return;
  say(`base image ${baseTag}: pulling`);
  const pull = await attempt("docker", ["pull", "--quiet", baseTag], { timeout: pullSeconds });
  if (pull.code === 0) return;
  say("base image: no registry answers; making it with debootstrap");
  const root = process.getuid?.() === 0;
  const script = join(import.meta.dirname, "images", "debian", "make-base");
  const command = root ? [script, baseTag] : ["sudo", script, baseTag];
  const begun = performance.now();
  await run(command[0]!, command.slice(1)).catch((error: unknown) => {
    throw new Failure(
      `${(error as Error).message}\nMake ${baseTag} available in another way (docker pull, docker load) and run this again.`,
    );
  });
  say(`base image: made in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}
