/** What stands beside Platform's declaration: its script, and the Compose file of its integration tests. */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCompose } from "../../components/compose/load.ts";
import { temporaryFolder } from "../support/folder.ts";

const PLATFORM = "examples/platform";
const folder = temporaryFolder("platform");
writeFileSync(join(folder, "npm"), '#!/bin/sh\necho "${PWD##*/}: $*"\n');
chmodSync(join(folder, "npm"), 0o755);

const deploy = (...words: string[]) =>
  spawnSync(`${PLATFORM}/automation/deploy.sh`, words, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });

describe("automation/deploy.sh", () => {
  it("deploys to the environment that it is told, also a version", () => {
    expect(deploy("--env", "dev").stdout).toBe("infra: exec --no -- slipway deploy platform --env dev\n");
    expect(deploy("--env", "prod", "--version", "v1.4.0").stdout).toBe(
      "infra: exec --no -- slipway deploy platform --env prod --version v1.4.0\n",
    );
  });

  it.each([[], ["--env"], ["--env", "production"], ["--all"]])(
    "refuses the words %j before anything is done",
    (...words) =>
      expect(deploy(...words)).toMatchObject({ status: 64, stdout: "", stderr: expect.stringContaining("usage: ") }),
  );
});

describe("the Compose file of the integration tests", () => {
  const file = `${PLATFORM}/tests/integration/docker-compose.integration.yml`;
  const { services } = loadCompose([file], { readFile: (path) => readFileSync(path, "utf8"), variables: {} });

  it("has every part of it from this checkout, and a database and a cache that nobody else has", () => {
    const built = Object.entries(services).flatMap(([name, { build }]) => (build === undefined ? [] : [name]));
    expect(built).toEqual(["migrate", "backend", "server", "frontend"]);
    expect(Object.values(services).filter(({ ports, container_name }) => ports ?? container_name)).toEqual([]);
  });

  it("tests when all of them are healthy", () =>
    expect(services.tests!.depends_on).toEqual({
      backend: { condition: "service_healthy" },
      server: { condition: "service_healthy" },
      frontend: { condition: "service_healthy" },
    }));
});

it("its guide for deployments by hand says what the command takes", () => {
  const guide = readFileSync(`${PLATFORM}/.opencode/command/platform.deploy.md`, "utf8");
  const said = Array.from(guide.matchAll(/slipway (\w+)([^#\n]*)/g), ([, name, words]) => [name!, words!] as const);
  expect(said.map(([name]) => name)).toEqual(["rollback", "status", "history", "logs"]);
  for (const [name, words] of said) {
    const { stdout } = spawnSync(process.execPath, ["cli/slipway.ts", name, "--help"], { encoding: "utf8" });
    for (const option of words.match(/--\w+/g) ?? []) expect(stdout, name).toContain(option);
  }
});
