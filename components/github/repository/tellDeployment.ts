/** Has GitHub show a deployment that none of its own jobs makes: one from a laptop, a hook, or another pipeline. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Api, send } from "./api.ts";
import { type DeploymentFacts, deploymentBody, refsOf, statusBody } from "./deploymentPlace.ts";

export interface Access {
  baseUrl?: string;
  /** Undefined: the one with which `gh` is logged in, if it is. */
  token: (() => Promise<string>) | undefined;
  warn: (text: string) => Promise<void>;
  /** Milliseconds in which GitHub has to answer all that is asked for one state of a deployment. @default 10000 */
  limit?: number;
}

/** One deployment, from its first step on. Whatever goes wrong is a warning. */
export class ToldDeployment {
  readonly #facts: DeploymentFacts;
  readonly #access: Access;
  #made: Promise<{ api: Api; id: number } | undefined> | undefined;
  #hasEnded = false;

  constructor(facts: DeploymentFacts, access: Access) {
    this.#facts = facts;
    this.#access = access;
  }

  begins(): void {
    this.#made ??= this.#told(async (signal) => {
      const api = await apiOf(this.#access);
      if (api === undefined) return undefined;
      const id = await make(api, this.#facts, signal);
      await this.#say(api, id, "in_progress", signal);
      return { api, id };
    });
  }

  async ends(succeeded: boolean): Promise<void> {
    if (this.#made === undefined || this.#hasEnded) return;
    this.#hasEnded = true;
    const made = await this.#made;
    if (made === undefined) return;
    await this.#told((signal) => this.#say(made.api, made.id, succeeded ? "success" : "failure", signal));
  }

  #say(api: Api, id: number, state: Parameters<typeof statusBody>[0], signal: AbortSignal): Promise<unknown> {
    const path = `repos/${this.#facts.repository}/deployments/${id}/statuses`;
    return send(api, path, statusBody(state, this.#facts), signal);
  }

  async #told<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    try {
      return await work(AbortSignal.timeout(this.#access.limit ?? 10_000));
    } catch (error) {
      const { application, repository } = this.#facts;
      await this.#access.warn(
        `${application}: the deployment goes on, but ${repository} on GitHub does not show it: ${(error as Error).message}`,
      );
      return undefined;
    }
  }
}

/** @throws Error where the repository does not know the version, or GitHub refuses */
async function make(api: Api, facts: DeploymentFacts, signal: AbortSignal): Promise<number> {
  const refs = refsOf(facts.version);
  for (const ref of refs) {
    const commit = await send(api, `repos/${facts.repository}/commits/${encodeURIComponent(ref)}`, undefined, signal);
    if (commit === undefined) continue;
    const named = ref.startsWith("v") ? ref : String((commit as { sha: unknown }).sha);
    const made = await send(api, `repos/${facts.repository}/deployments`, deploymentBody(facts, named), signal);
    const { id } = (made ?? {}) as { id?: unknown };
    if (typeof id === "number") return id;
    throw new Error("the token may not create deployments there (permission: deployments)");
  }
  throw new Error(`it has no ${refs.map((ref) => JSON.stringify(ref)).join(" and no ")}; push the version's tag`);
}

async function apiOf({ token, baseUrl }: Access): Promise<Api | undefined> {
  const known = token === undefined ? await loginOfGh(baseUrl) : await token();
  return known === undefined ? undefined : { token: known, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** Nobody who has no `gh`, or is not logged in, expects anything of it. */
async function loginOfGh(baseUrl = "https://github.com"): Promise<string | undefined> {
  const host = new URL(baseUrl).hostname.replace(/^api\./, "");
  try {
    const { stdout } = await promisify(execFile)("gh", ["auth", "token", "--hostname", host], { timeout: 3000 });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
