/** Platforms of images, as Docker writes them (https://docs.docker.com/build/building/multi-platform/). */

/** Where nothing is known of the hosts, and nothing was built before. */
export const DEFAULT_PLATFORM = "linux/amd64";

/** By the machine's own name, as `uname -m` prints it. */
const PLATFORMS: Record<string, string> = {
  x86_64: "linux/amd64",
  aarch64: "linux/arm64",
  armv7l: "linux/arm/v7",
  riscv64: "linux/riscv64",
};

/**
 * What a build is for, by the hosts that will run it.
 * @param machines what `uname -m` prints on each host, by the host's name; undefined where that is not known
 * @returns undefined where nothing is known of any host
 * @throws Error for hosts of several kinds, which one image cannot serve
 */
export function platformFor(machines: Record<string, string | undefined>): string | undefined {
  const known = Object.entries(machines).flatMap(([host, machine]) => {
    const platform = PLATFORMS[machine ?? ""];
    return platform === undefined ? [] : [{ host, platform }];
  });
  const [first, ...others] = known;
  const different = others.find(({ platform }) => platform !== first!.platform);
  if (different) {
    throw new Error(
      `build.platform: ${first!.host} is ${first!.platform} and ${different.host} is ${different.platform}, and a build makes one image for all; ` +
        "write the platform that all of them run, or build elsewhere for several platforms and leave build out",
    );
  }
  return first?.platform;
}
