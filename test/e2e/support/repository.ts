/** A Pulumi project that declares repositories on a GitHub of its own. */
import { COMPONENTS, Project } from "../../support/project.ts";
import { TestGithub } from "../../sandbox/support/server.ts";

export const OWNER = "harbour";

export interface Scene {
  github: TestGithub;
  project: Project;
}

/** A program that declares these repositories; `specs` is TypeScript. */
export const programOf = (specs: string): string => `
import { defineRepository, deploy } from "${COMPONENTS}";
export const environment = (await deploy([], [${specs}].map(defineRepository))).repositories;
`;

export const settingsOf = (github: TestGithub, repositories: Record<string, unknown> = {}): Record<string, unknown> => ({
  "slipway:github": { owner: OWNER, tokenFile: github.file("token"), baseUrl: github.url, writeDelayMs: 0, keySeed: "0123456789abcdef0123456789abcdef" },
  "slipway:repositories": repositories,
});

export async function scene(name: string, specs: string, repositories: Record<string, unknown> = {}, stack = "dev"): Promise<Scene> {
  const github = new TestGithub();
  await github.start();
  return { github, project: await projectOn(github, name, specs, repositories, stack) };
}

export const projectOn = (github: TestGithub, name: string, specs: string, repositories: Record<string, unknown> = {}, stack = "dev"): Promise<Project> =>
  Project.create({ name, stack, program: programOf(specs), config: settingsOf(github, repositories) });
