import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { stringify } from "yaml";
import { PINS } from "../../../components/github/workflows/actions.ts";
import { mapValues } from "../../../components/shared/records.ts";
import { cacheFolder } from "../../../sandbox/places.ts";
import { CHECKOUT, run } from "../../support/run.ts";

/** The folders of stand-ins, `<owner>_<repository>`, that take the place of actions. */
const ACTIONS = join(import.meta.dirname, "../actions");

export interface Occasion {
  /** The workflow's file name without ".yml". */
  workflow: string;
  event: "push" | "pull_request" | "workflow_dispatch";
  /** The event as GitHub sends it; `inputs` of a manual run are in it. */
  payload?: Record<string, unknown>;
  secrets?: Record<string, string>;
  variables?: Record<string, string>;
  /** Of the repository. @default "private" */
  visibility?: "public" | "private";
  /** Variables of the machine that the jobs run on. */
  machine?: Record<string, string>;
}

export interface Report {
  code: number;
  /** Everything that act and the jobs said, secrets unmasked, without colours. */
  text: string;
  /** What became of each job that ran, by its name: `deploy/deploy to dev`. */
  jobs: Record<string, string>;
}

interface Line {
  job?: string;
  jobResult?: string;
  msg?: string;
}

/** Lines of workflows that act (0.2.89) does not know yet and refuses; it enforces neither. */
const UNKNOWN_TO_ACT = /^ *(queue: max|artifact-metadata: write|deployment: false)\n/gm;

/** The files of a checkout as act reads them. */
export const forAct = (files: Record<string, string>): Record<string, string> =>
  mapValues(files, (text) => text.replace(UNKNOWN_TO_ACT, ""));

/**
 * Runs a workflow of a checkout by act, on this machine: `uses: actions/…` are the stand-ins, and the checkout is copied
 * as it is. act enforces neither `environment` nor `permissions` nor `concurrency`, starts no `services`, and ends where a
 * called workflow fails: it looks at no condition of the jobs that need it.
 * @param folder for act's own files, removed by the caller
 */
export async function runWorkflow(
  checkout: string,
  folder: string,
  { workflow, event, payload = {}, secrets = {}, variables = {}, visibility = "private", machine = {} }: Occasion,
): Promise<Report> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  addCompose(join(folder, "docker/cli-plugins"));
  // `npx pulumi` finds what a job's `npm ci` would have installed.
  if (!existsSync(join(folder, "node_modules")))
    symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  const sent = {
    ref: "refs/heads/main",
    repository: { default_branch: "main", name: "pipeline", full_name: "harbour/pipeline", visibility },
    ...payload,
  };
  const result = await run(
    "act",
    [
      event,
      "--directory",
      checkout,
      "--workflows",
      join(checkout, `.github/workflows/${workflow}.yml`),
      "--json",
      "--defaultbranch",
      "main",
      "--actor",
      "anna",
      "--eventpath",
      file("event.json", JSON.stringify(sent)),
      "--secret-file",
      file("secrets.yml", stringify({ GITHUB_TOKEN: "a-token-of-the-job", ...secrets })),
      "--insecure-secrets",
      "--var-file",
      file("variables.yml", stringify(variables)),
      "--env-file",
      file("env", ""),
      "--input-file",
      file("inputs", ""),
      "--rm",
      "--platform",
      "ubuntu-24.04=-self-hosted",
      "--action-offline-mode",
      "--pull=false",
      "--no-cache-server",
      "--artifact-server-addr",
      "127.0.0.1",
      ...standIns(),
    ],
    {
      timeoutSeconds: 800,
      env: {
        XDG_CACHE_HOME: join(folder, "cache"),
        XDG_CONFIG_HOME: join(folder, "config"),
        DOCKER_CONFIG: join(folder, "docker"),
        ARTIFACTS: join(folder, "artifacts"),
        // What the stand-ins of `setup-…` keep for the next run of a job.
        TOOLS: join(folder, "tools"),
        NO_COLOR: "1",
        SSH_AUTH_SOCK: undefined,
        PULUMI_CONFIG_PASSPHRASE: undefined,
        PULUMI_BACKEND_URL: undefined,
        PULUMI_ACCESS_TOKEN: undefined,
        ...machine,
      },
    },
  );
  return { code: result.code, ...read(`${result.stdout}\n${result.stderr}`) };
}

/** `docker compose`, as machines of GitHub's have it; the bootstrap keeps the plugin in its cache. */
function addCompose(plugins: string): void {
  const [, version] = /^COMPOSE_VERSION=(\S+)/m.exec(readFileSync(join(CHECKOUT, "toolchain/versions.sh"), "utf8"))!;
  if (existsSync(plugins)) return;
  mkdirSync(plugins, { recursive: true });
  symlinkSync(join(cacheFolder, `compose/v${version}/docker-compose`), join(plugins, "docker-compose"));
}

/** In the place of each action, at the commit that the workflows name. */
function standIns(): string[] {
  return readdirSync(ACTIONS).flatMap((name) => {
    const action = name.replace("_", "/") as keyof typeof PINS;
    if (!PINS[action]) throw new Error(`test/pipelines/actions/${name} stands for no action that workflows use`);
    return ["--local-repository", `${action}@${PINS[action].commit}=${join(ACTIONS, name)}`];
  });
}

function read(said: string): Omit<Report, "code"> {
  const lines = said
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => {
      try {
        return JSON.parse(line) as Line;
      } catch {
        return { msg: line };
      }
    });
  return {
    text: stripVTControlCharacters(lines.map(({ job = "", msg = "" }) => `${job}: ${msg.trimEnd()}`).join("\n")),
    jobs: Object.fromEntries(
      lines.filter(({ jobResult }) => jobResult).map(({ job, jobResult }) => [job!.trim(), jobResult!]),
    ),
  };
}
