import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { RunnerJob, Workflow } from "../../../components/github/workflows/model.ts";
import { expectOk, run } from "../../support/run.ts";

const nameOf = (service: string): string => `slipway-pipelines-${service}`;

/**
 * Starts the services that a workflow's jobs ask for, once for all of them, on this machine's own ports, and waits until
 * they are healthy: a runner does the same before a job's first step.
 * @param file the workflow
 * @returns what takes them away again
 */
export async function startServices(file: string): Promise<() => Promise<void>> {
  const { jobs } = parse(readFileSync(file, "utf8")) as Workflow;
  const services = Object.entries(
    Object.assign({}, ...Object.values(jobs).map((job) => (job as RunnerJob).services)) as NonNullable<
      RunnerJob["services"]
    >,
  );
  const stop = async (): Promise<void> => {
    await run("docker", ["rm", "--force", "--volumes", ...services.map(([name]) => nameOf(name))]);
  };
  await stop();
  try {
    for (const [name, { image, env = {}, ports, options }] of services) {
      const given = [
        ...ports.flatMap((port) => ["--publish", `127.0.0.1:${port}`]),
        ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ];
      expectOk(
        await run("bash", [
          "-c",
          `exec docker run --detach "$@" ${options} ${image}`,
          "docker",
          "--name",
          nameOf(name),
          ...given,
        ]),
      );
    }
    for (const [name] of services) await healthy(nameOf(name));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function healthy(container: string): Promise<void> {
  for (;;) {
    const status = expectOk(
      await run("docker", ["inspect", "--format", "{{.State.Health.Status}}", container]),
    ).stdout.trim();
    if (status === "healthy") return;
    if (status !== "starting")
      throw new Error(`${container} is ${status}:\n${expectOk(await run("docker", ["logs", container])).stdout}`);
    await sleep(500);
  }
}
