import { afterAll, beforeAll } from "vitest";
import { TestGithub } from "./server.ts";

/** Path of the repository. */
export const R = "/repos/harbour/shop";

/** A GitHub with the repository harbour/shop, for the tests of one file. */
export function githubWithShop(): TestGithub {
  const github = new TestGithub();
  beforeAll(async () => {
    await github.start();
    await github.addShop();
  });
  afterAll(() => github.remove());
  return github;
}
