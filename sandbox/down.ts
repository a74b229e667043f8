import { existsSync } from "node:fs";
import { type Container, containers, docker, ownContainers } from "./docker.ts";
import { forgetGitHub, githubFolder, stopGitHub } from "./github/process.ts";
import { checkout, label, network } from "./places.ts";
import { attempt, say } from "./run.ts";
import { distrustRegistry } from "./trust.ts";

/** Stops and removes the given containers, all at once. */
export async function takeDown(list: Container[]): Promise<void> {
  if (list.length === 0) return;
  const names = list.map(({ name }) => name);
  for (const { name, paused } of list) if (paused) await docker(["unpause", name]);
  await Promise.all(names.map((name) => docker(["stop", "--time", "20", name])));
  await docker(["rm", "--force", ...names]);
}

export async function removeNetwork(): Promise<void> {
  await attempt("docker", ["network", "rm", network.name]);
}

/** Takes this checkout's sandbox down; with `volumes` it also removes the disks, the registry's content and GitHub's state. */
export async function down(volumes: boolean): Promise<void> {
  const list = ownContainers(await containers());
  await takeDown(list);
  if (list.length > 0) {
    await removeNetwork();
    await distrustRegistry();
    say(
      `sandbox: removed ${list
        .map(({ name }) => name)
        .sort()
        .join(", ")} and the network ${network.name}`,
    );
  }
  const owned = (await docker(["volume", "ls", "--quiet", "--filter", `label=${label}=${checkout}`]))
    .split("\n")
    .filter(Boolean);
  if (volumes && owned.length > 0) {
    await docker(["volume", "rm", ...owned]);
    say(`sandbox: removed the volumes ${owned.join(", ")}`);
  } else if (owned.length > 0) {
    say(`sandbox: kept the disks ${owned.join(", ")} (\`down --volumes\` removes them)`);
  }
  const github = await downGitHub(volumes);
  if (list.length === 0 && owned.length === 0 && !github) say("sandbox: nothing is up");
}

/** @returns whether there was anything to stop or remove */
async function downGitHub(volumes: boolean): Promise<boolean> {
  if (await stopGitHub()) say("github: stopped");
  if (!existsSync(githubFolder)) return false;
  if (volumes) forgetGitHub();
  say(volumes ? "github: removed its state" : "github: kept its state (`down --volumes` removes it)");
  return true;
}
