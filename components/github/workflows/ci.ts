/** `ci`: what must hold before a change is merged. */

import { checkedBranches, mainBranches } from "./branches.ts";
import { CHANGES, changesJob, onlyChanged, pathsOf } from "./changes.ts";
import { imageMatrix, matrixImage } from "./images.ts";
import type { Events, Job, Service, Workflow } from "./model.ts";
import { pythonLintJob, pythonTestJob } from "./python.ts";
import { runnerOf } from "./runners.ts";
import type { CiSpec, GoSpec, ImageSpec, IntegrationSpec, NodeSpec, Runner, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, gate, inDirectory, type JobBody, job, matrix, setupBuildx, setupNode, within } from "./steps.ts";

/** The check that branch protection requires; it sums up all others. */
export const QUALITY_GATE = "quality gate";

export function ciWorkflow(spec: CiSpec, workflows: WorkflowsSpec): Workflow {
  const { build } = workflows;
  const runner = runnerOf(workflows, "checks");
  const services = servicesOf(spec.services);
  const paths = pathsOf(spec);
  const filtered = (id: string) => (Object.hasOwn(paths, id) ? onlyChanged(id) : {});
  const jobs: Record<string, Job> = {
    ...(Object.keys(paths).length > 0 ? { [CHANGES]: job(runner, changesJob(paths)) } : {}),
    ...(spec.python
      ? {
          "python-lint": job(runner, { ...pythonLintJob(spec.python), ...filtered("python") }),
          "python-test": job(runner, { ...pythonTestJob(spec.python), ...services, ...filtered("python") }),
        }
      : {}),
    ...(spec.node ? { node: job(runner, { ...nodeJob(spec.node), ...services, ...filtered("node") }) } : {}),
    ...(spec.go ? { go: job(runner, { ...goJob(spec.go), ...services, ...filtered("go") }) } : {}),
    ...commandJobs(spec, runner, filtered),
    ...(spec.integration
      ? { integration: job(runner, { ...integrationJob(spec.integration), ...filtered("integration") }) }
      : {}),
    ...(build && spec.images !== false ? { images: job(runner, imageBuildJob(build.images)) } : {}),
  };
  return {
    name: "ci",
    on: {
      pull_request: {},
      merge_group: {},
      ...pushEvents(spec.push ?? (workflows.deploy ? [] : mainBranches(workflows)), workflows),
      workflow_call: {},
    },
    concurrency: {
      group: "ci-${{ github.workflow }}-${{ github.ref }}",
      "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    },
    jobs: {
      ...jobs,
      "quality-gate": job(
        runner,
        gate(QUALITY_GATE, Object.keys(jobs), "success", ...(Object.hasOwn(jobs, CHANGES) ? ["skipped" as const] : [])),
      ),
    },
  };
}

/** Push events for a workflow that `deploy` and `release` call for their own branches: pushes to other branches only, so that nothing is checked twice. */
export function pushEvents(wanted: string[], workflows: WorkflowsSpec): Events {
  const called = checkedBranches(workflows);
  const branches = wanted.filter((branch) => !called.includes(branch));
  const exclusions = branches.some((branch) => branch.includes("*")) ? called.map((branch) => `!${branch}`) : [];
  return branches.length === 0 ? {} : { push: { branches: [...branches, ...exclusions] } };
}

const DATABASE = "postgresql://app:app@127.0.0.1:5432/app";

function servicesOf(declared: CiSpec["services"]): {
  services?: Record<string, Service>;
  env?: Record<string, string>;
} {
  if (!declared?.postgres && !declared?.redis) return {};
  const check = (command: string): string =>
    `--health-cmd "${command}" --health-interval 2s --health-timeout 5s --health-retries 30`;
  return {
    services: {
      ...(declared.postgres
        ? {
            postgres: {
              image: declared.postgres,
              env: { POSTGRES_USER: "app", POSTGRES_PASSWORD: "app", POSTGRES_DB: "app" },
              ports: ["5432:5432"],
              options: check("pg_isready -U app"),
            },
          }
        : {}),
      ...(declared.redis
        ? { redis: { image: declared.redis, ports: ["6379:6379"], options: check("redis-cli ping") } }
        : {}),
    },
    env: {
      ...(declared.postgres ? { DATABASE_URL: DATABASE } : {}),
      ...(declared.redis ? { REDIS_URL: "redis://127.0.0.1:6379/0" } : {}),
    },
  };
}

function nodeJob({ versions, directory, scripts = ["lint", "test", "build"] }: NodeSpec) {
  const at = inDirectory(directory);
  return {
    name: "node ${{ matrix.node }}",
    ...matrix("node", versions),
    steps: [
      CHECKOUT,
      setupNode("${{ matrix.node }}", directory ?? "."),
      { run: "npm ci", ...at },
      ...scripts.map((name) => ({ run: `npm run ${name}`, ...at })),
    ],
  };
}

function goJob({ versions, directory }: GoSpec) {
  const at = inDirectory(directory);
  return {
    name: "go ${{ matrix.go }}",
    ...matrix("go", versions),
    steps: [
      CHECKOUT,
      {
        uses: "actions/setup-go" as const,
        with: { "go-version": "${{ matrix.go }}", "cache-dependency-path": within(directory ?? ".", "go.mod") },
      },
      { run: "go vet ./...", ...at },
      { run: "go test -race ./...", ...at },
    ],
  };
}

function commandJobs(
  { commands: wanted = {} }: CiSpec,
  runner: Runner,
  filtered: (id: string) => Pick<JobBody, "needs" | "if">,
): Record<string, Job> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, written]) => {
      const {
        run,
        minutes,
        node: version,
      } = typeof written === "string" ? ({ run: written } as Exclude<typeof written, string>) : written;
      const steps = [CHECKOUT, ...(version ? [setupNode(version)] : []), { run }];
      return [
        name,
        job(runner, { name, steps, ...(minutes ? { "timeout-minutes": minutes } : {}), ...filtered(name) }),
      ];
    }),
  );
}

function integrationJob({ compose, run, minutes = 20 }: IntegrationSpec) {
  const env = { COMPOSE_FILE: compose };
  return {
    name: "integration",
    "timeout-minutes": minutes,
    env,
    steps: [
      CHECKOUT,
      { name: "Up", run: "docker compose up --detach --build --wait" },
      { name: "Test", run },
      { name: "Service logs", if: "${{ failure() }}", run: "docker compose logs --no-color --tail 200" },
      { name: "Down", if: "${{ always() }}", run: "docker compose down --volumes --remove-orphans" },
    ],
  };
}

function imageBuildJob(images: ImageSpec[]) {
  return {
    name: "image ${{ matrix.name }}",
    "timeout-minutes": 30,
    ...imageMatrix(images, false),
    steps: [
      CHECKOUT,
      setupBuildx,
      {
        uses: "docker/build-push-action" as const,
        with: { ...matrixImage(images), push: false, "cache-from": "type=gha,scope=${{ matrix.name }}" },
      },
    ],
  };
}
