/** Runs of workflows: started, found again, waited for. */
import { type Gh, until } from "./gh.ts";
import type { Scene } from "./scene.ts";

/** Starts a workflow by hand. @returns the number of its run, or why there is none */
export async function startByHand(
  scene: Scene,
  by: Gh,
  workflow: string,
  ref: string,
  inputs: Record<string, string>,
): Promise<number | string> {
  const { R, administrator } = scene;
  const path = `${R}/actions/workflows/${workflow}`;
  const newest = async (): Promise<number> =>
    (await administrator.read(`${path}/runs?event=workflow_dispatch&per_page=1`)).workflow_runs[0]?.id ?? 0;
  const before = await newest();
  // A workflow that was just merged is known after some seconds.
  const answer = await until(60, async () => {
    const said = await by.ask("POST", `${path}/dispatches`, { ref, inputs });
    return said.status === 404 ? undefined : said;
  });
  if (answer === undefined || answer.status >= 300) return answer?.said ?? "404 for a minute";
  const run = await until(60, async () => {
    const id = await newest();
    return id > before ? id : undefined;
  });
  return run ?? "GitHub took it, and shows no run after a minute";
}

/** A run once it waits or has ended, as asked; undefined when it does not within the time. */
export const runAt = (
  { administrator, R, patience }: Scene,
  id: number,
  status: "waiting" | "completed",
): Promise<any> =>
  until(patience, async () => {
    const run = await administrator.read(`${R}/actions/runs/${id}`);
    return run.status === status || run.status === "completed" ? (run.status === status ? run : null) : undefined;
  });

export const jobsOf = async ({ administrator, R }: Scene, run: number): Promise<any[]> =>
  (await administrator.read(`${R}/actions/runs/${run}/jobs?per_page=100`)).jobs;

/** Whether a machine had one of its jobs: the sandbox's GitHub only records runs. */
export const wasExecuted = async (scene: Scene, run: number): Promise<boolean> =>
  (await jobsOf(scene, run)).some(({ runner_id, steps }) => runner_id || steps?.length > 0);
