/** What stands beside the declarations of the examples in Python: their Compose files, and the workflows that they get. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadCompose } from "../../components/compose/load.ts";
import type { ComposeDocument } from "../../components/compose/schema.ts";
import { workflowFiles } from "../../components/github/workflows/index.ts";
import { type Example, loadExample } from "../support/examples.ts";

const composed = (...files: string[]): ComposeDocument =>
  loadCompose(
    files.map((file) => `examples/${file}`),
    { readFile: (path) => readFileSync(path, "utf8"), variables: {} },
  );

async function workflowsIn(name: string): Promise<Record<string, any>> {
  const { repositories }: Example = await loadExample(name);
  const files = workflowFiles(repositories[0]!.workflows!);
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path.split("/").at(-1)!, parse(text)]));
}

describe("MyFoodBudget", () => {
  it("is developed by a Compose file that runs the code of the checkout", () => {
    const { web } = composed("myfoodbudget/docker-compose.yml").services;
    expect(web).toMatchObject({ volumes: [".:/app"], command: expect.stringContaining("--debug") });
  });

  it("is tested with each Python of its document, in parallel, and deployed by a machine at home", async () => {
    const { "ci.yml": ci, "deploy.yml": deploy } = await workflowsIn("myfoodbudget");
    expect(ci.jobs["python-test"].strategy.matrix.python).toEqual(["3.9", "3.10", "3.11"]);
    expect(JSON.stringify(ci.jobs["python-test"].steps)).toContain("--cov-fail-under 80 -n auto");
    expect(JSON.stringify(ci.jobs["python-lint"].steps)).toMatch(/black --check \..*flake8 \./);
    expect(deploy.jobs["deploy-prod"]["runs-on"]).toEqual(["self-hosted", "homelab"]);
  });
});

describe("WomSoft Server", () => {
  let workflows: Record<string, any>;
  beforeAll(async () => {
    workflows = await workflowsIn("womsoft");
  });

  it("comes to dev from develop, and by a tag to staging and then to prod, there in a window", () => {
    const { jobs, on } = workflows["deploy.yml"];
    expect(on.push).toEqual({ branches: ["develop"], tags: ["v*"] });
    expect(jobs["deploy-dev"].if).toContain("develop");
    expect([jobs["deploy-prod"].needs].flat()).toContain("deploy-staging");
    expect(JSON.stringify(jobs["deploy-prod"])).toContain("15:00");
  });

  it("is linted as its document asks for, and tried as a whole", () => {
    const { jobs } = workflows["ci.yml"];
    expect(JSON.stringify(jobs["python-lint"].steps)).toMatch(/flake8 \..*pylint .*black --check/);
    expect(JSON.stringify(jobs.integration.steps)).toContain("tests/smoke.py");
    expect(Object.keys(composed("womsoft/docker-compose.yml").services)).toEqual(["web", "db"]);
  });
});

describe("Project Manager", () => {
  const { services } = composed("project-manager/docker-compose.yml", "project-manager/docker-compose.prod.yml");

  it("has what the production file of its document says, on top of the one for development", () => {
    expect(services.app).toMatchObject({
      image: "ghcr.io/gpt153/project-manager:latest",
      restart: "always",
      healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8000/health"], start_period: "40s" },
    });
    expect(services.postgres!.volumes).toEqual(["/var/lib/project-manager/postgres:/var/lib/postgresql/data"]);
    expect(Object.values(services).map(({ logging }) => logging?.options?.["max-size"])).toEqual(
      Object.keys(services).map((name) => (name === "bot" ? undefined : "10m")),
    );
  });

  it("is tested on every push with its database and its cache, and its frontend by itself", async () => {
    const { "ci.yml": ci, "frontend.yml": frontend, "deploy.yml": deploy } = await workflowsIn("project-manager");
    expect(ci.on.push.branches).toEqual(expect.arrayContaining(["**"]));
    expect(Object.values<any>(ci.jobs["python-test"].services).map(({ image }) => image)).toEqual([
      "postgres:15",
      "redis:7",
    ]);
    expect(JSON.stringify(frontend.jobs)).toContain("npm run build");
    expect([deploy.jobs["deploy-production"].needs].flat()).toContain("deploy-staging");
  });
});
