/** Platforms of images, as Docker writes them (https://docs.docker.com/build/building/multi-platform/). */

/** Where nothing is known of the hosts, and nothing was built before. */
export const DEFAULT_PLATFORM = "linux/amd64";

/** By the machine's own name, as `uname -m` prints it. */
const PLATFORMS: Record<string, string> = {
  x86_64: "linux/amd64",
  aarch64: "linux/arm64",
  armv7l: "linux/arm/v7",
  armv6l: "linux/arm/v6",
  i686: "linux/386",
  ppc64le: "linux/ppc64le",
  riscv64: "linux/riscv64",
  s390x: "linux/s390x",
};

/**
 * What a build is for, by the hosts that will run it.
 * @param machines what `uname -m` prints on each host, by the host's name; undefined where that is not known
 * @returns undefined where nothing is known of any host
 * @throws Error for hosts of several kinds, which one image cannot serve, and for one of an unknown kind
 */
export function platformFor(machines: Record<string, string | undefined>): string | undefined {
  const known = Object.entries(machines).flatMap(([host, machine]) => {
    if (machine === undefined) return [];
    const platform = PLATFORMS[machine];
    if (platform !== undefined) return [{ host, platform }];
    throw new Error(
      `build.platform: ${host} is a machine of a kind that is not known here (${machine}); write its platform, like "linux/arm64"`,
    );
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
