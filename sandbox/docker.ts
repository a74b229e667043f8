import { checkout, label, prefix } from "./places.ts";
import { attempt, Failure, type RunOptions, run } from "./run.ts";

/** Runs the machine's Docker client. */
export const docker = (args: string[], options?: RunOptions): Promise<string> => run("docker", args, options);

/** What the machine's engine supports. Throws a clear error if it cannot run the sandbox. */
export async function engine(): Promise<{ cgroups: string }> {
  const info = await attempt("docker", ["info", "--format", "{{json .}}"], { timeout: 20 });
  if (info.code !== 0) {
    throw new Failure(
      `The Docker Engine of this machine does not answer:\n  ${info.stderr.trim()}\n` +
        "Start it with `sudo systemctl start docker`, or as root with `dockerd &`; " +
        "a user other than root must be in the group docker.",
    );
  }
  const facts = JSON.parse(info.stdout) as {
    CgroupVersion?: string;
    OperatingSystem: string;
    SecurityOptions: string[] | null;
  };
  const rootless = facts.SecurityOptions?.some((option) => option.includes("rootless")) ?? false;
  if (rootless || facts.OperatingSystem === "Docker Desktop") {
    throw new Failure(
      `The sandbox needs a rootful Docker Engine on Linux, whose bridge networks this machine can reach; found ${
        rootless ? "a rootless engine" : "Docker Desktop"
      }. Choose another one with \`docker context use\`.`,
    );
  }
  return { cgroups: facts.CgroupVersion ?? "1" };
}

export interface Container {
  name: string;
  image: string;
  running: boolean;
  paused: boolean;
  /** The checkout that started it. */
  owner: string;
}

/** Every container of a sandbox, from this checkout or another. */
export async function containers(): Promise<Container[]> {
  const format = `{{.Names}}\t{{.Image}}\t{{.State}}\t{{.Label "${label}"}}`;
  const lines = await docker(["ps", "--all", "--no-trunc", "--filter", `label=${label}`, "--format", format]);
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name = "", image = "", state, owner = ""] = line.split("\t");
      return { name, image, running: state === "running", paused: state === "paused", owner };
    });
}

export const ownContainers = (all: Container[]): Container[] => all.filter(({ owner }) => owner === checkout);

export const imageExists = async (tag: string): Promise<boolean> =>
  (await attempt("docker", ["image", "inspect", "--format", "{{.Id}}", tag])).code === 0;

/** Label of the images that the sandbox builds for itself; its value is the image's name. */
export const imageLabel = `${prefix}.image`;

/** Removes builds of the named image other than the given tag, unless a container uses them. */
export async function removeOldBuilds(name: string, current: string): Promise<void> {
  const tags = await docker([
    "images",
    "--filter",
    `label=${imageLabel}=${name}`,
    "--format",
    "{{.Repository}}:{{.Tag}}",
  ]);
  const old = tags.split("\n").filter((tag) => tag.startsWith(`${prefix}/${name}:`) && tag !== current);
  await Promise.all(old.map((tag) => attempt("docker", ["rmi", tag])));
}

let buildkit: Promise<string> | undefined;

/** Builds an image from a folder, or from the text of a Dockerfile that needs no folder. */
export async function build(
  tag: string,
  source: { folder: string } | { dockerfile: string },
  args: string[] = [],
): Promise<void> {
  // Without the buildx plugin the client uses the classic builder.
  buildkit ??= attempt("docker", ["buildx", "version"]).then(({ code }) => (code === 0 ? "1" : "0"));
  const env = { DOCKER_BUILDKIT: await buildkit };
  const [from, input] = "folder" in source ? [source.folder, ""] : ["-", source.dockerfile];
  await docker(["build", "--quiet", "--network", "host", "--tag", tag, ...args, from], { env, input });
}

/** Creates a volume with this checkout's label; an existing one is kept. */
export const ensureVolume = (name: string): Promise<string> =>
  docker(["volume", "create", "--label", `${label}=${checkout}`, name]);
