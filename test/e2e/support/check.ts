/** The check for the real GitHub as a command, told of a GitHub of the sandbox. */
import { join } from "node:path";
import type { TestGithub } from "../../sandbox/support/server.ts";
import { CHECKOUT, type Result } from "../../support/run.ts";

export const argumentsFor = (github: TestGithub, ...more: string[]): string[] => [
  join(CHECKOUT, "test/github/main.ts"),
  "--url",
  github.url,
  "--minutes",
  "1",
  ...more,
];

/** @param writer the token of a second person */
export const tokensOf = (github: TestGithub, writer?: string): Record<string, string | undefined> => ({
  GITHUB_TOKEN: github.token,
  GITHUB_WRITER_TOKEN: writer,
});

/** Rows with this outcome, without what was seen. */
export const rows = ({ stdout }: Result, outcome: string): string[] =>
  stdout
    .split("\n")
    .flatMap((line) => (line.startsWith(`  ${outcome} `) ? [line.slice(2 + outcome.length).trim()] : []));

export const repositoriesOf = async (github: TestGithub): Promise<string[]> =>
  (await github.control("GET", "/state")).body.repositories.map(({ name }: { name: string }) => name);
