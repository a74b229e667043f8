import { parseArgs } from "node:util";
import { containers, engine, ownContainers } from "./docker.ts";
import { down } from "./down.ts";
import { ensureImages } from "./images.ts";
import { maxHosts, registry } from "./places.ts";
import { removeImage } from "./registry.ts";
import { Failure, say } from "./run.ts";
import { openShell } from "./shell.ts";
import { knownBehaviours, parseSeed, seed } from "./shop.ts";
import { showGitHub, status } from "./status.ts";
import { up } from "./up.ts";

const usage: Record<string, string> = {
  up: `up [--hosts N]
  Starts the registry, a GitHub and N hosts (1 to ${maxHosts}, default 2). Whatever already runs is left alone.`,
  down: `down [--volumes]
  Removes the containers, the network and the trust in the registry's CA, and stops GitHub.
  --volumes also removes the hosts' disks, the registry's content and GitHub's state.`,
  status: `status
  Shows hosts, registry, images and GitHub. Exits with 1 if the sandbox is down or a part does not work.`,
  seed: `seed <image>:<version>... [--behaviour B]... [--remove]
  Builds the sample application in these versions and pushes it to the registry.
  --behaviour  ${knownBehaviours.join(", ")} (default ok)
  --remove     removes these images from the registry instead`,
  images: `images
  Builds the sandbox's images without starting anything.`,
  ssh: `ssh <host> [command...]
  Logs in to a host (like host-1) with the sandbox's key, and checks the host's key.`,
  github: `github
  Shows where the sandbox's GitHub is (its page and its API), and where its token is. Exits with 1 if it does not run.`,
};
const overview = `Usage: node sandbox/main.ts <command>

${Object.values(usage).join("\n\n")}
`;

async function main(argv: string[]): Promise<number> {
  const [command = "", ...rest] = argv;
  if (["", "help", "--help", "-h"].includes(command)) {
    console.log(overview);
    return command === "" ? 2 : 0;
  }
  const help = usage[command];
  if (help === undefined)
    throw new Failure(`"${command}" is not a command; use one of ${Object.keys(usage).join(", ")}`);
  if (command === "ssh" && rest.length > 0 && !rest[0]!.startsWith("-")) return openShell(rest[0]!, rest.slice(1));

  const flags = {
    up: { hosts: { type: "string", default: "2" } },
    down: { volumes: { type: "boolean", default: false } },
    seed: { behaviour: { type: "string", multiple: true, default: [] }, remove: { type: "boolean", default: false } },
  }[command];
  const { values, positionals } = parseArgs({
    args: rest,
    options: { help: { type: "boolean", short: "h" }, ...flags } as NonNullable<
      Parameters<typeof parseArgs>[0]
    >["options"] &
      object,
    allowPositionals: command === "seed",
  });
  if (values.help) {
    console.log(`Usage: node sandbox/main.ts ${help}`);
    return 0;
  }
  switch (command) {
    case "up":
      await up(hostCount(String(values.hosts)));
      return 0;
    case "down":
      await engine();
      await down(values.volumes === true);
      return 0;
    case "status":
      return (await status()) ? 0 : 1;
    case "github":
      return (await showGitHub()) ? 0 : 1;
    case "images":
      await engine();
      await ensureImages();
      say("images: all built");
      return 0;
    case "seed":
      await seedImages(positionals, values.behaviour as string[], values.remove === true);
      return 0;
    default:
      throw new Failure(`Usage: node sandbox/main.ts ${help}`);
  }
}

function hostCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= maxHosts) return count;
  throw new Failure(`--hosts ${text}: write a whole number from 1 to ${maxHosts}`);
}

async function seedImages(images: string[], behaviours: string[], remove: boolean): Promise<void> {
  if (images.length === 0) throw new Failure("seed: the image is missing; write it like: seed shop:1.5.0");
  const seeds = images.map((image) => parseSeed(image, behaviours));
  await engine();
  if (!ownContainers(await containers()).some(({ name, running }) => name === registry.container && running)) {
    throw new Failure("The sandbox is down; start it with: node sandbox/main.ts up");
  }
  if (!remove) return seed(seeds);
  for (const { image } of seeds) {
    await removeImage(image);
    say(`registry: ${image} removed`);
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const known = error instanceof Failure || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    console.error(known ? `sandbox: ${(error as Error).message}` : error);
    process.exitCode = known && !(error instanceof Failure) ? 2 : 1;
  },
);
